"""Answers below /oparl/v1.1/."""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2s
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page

from portal.content_version import read_version
from sessions.models import Body, Organization
from sessions.oparl import bodies
from sessions.oparl.context import HEAD, Object, context_of, tombstone
from sessions.oparl.errors import BadQueryError, error_response, json_response
from sessions.oparl.lists import Question, list_page
from sessions.oparl.types import OF_LIST, OF_PATH, Type

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Answer = Callable[Concatenate[HttpRequest, P], Object]

METHODS = "GET, HEAD, OPTIONS"
FORM = 1
"""Raise it whenever answers look different for the same content: it is a part of their ETag."""


class NotHereError(LookupError):
    """There is no such object, or it never was public."""


def reading_api(answer: Answer[P]) -> View[P]:
    """A view that gives `answer` in JSON, unless the reader has it already.

    The ETag is the version of the whole content: one query, and nothing is put together for somebody who asks
    again and again.
    """

    @csrf_exempt
    @gzip_page
    @wraps(answer)
    def view(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "OPTIONS":
            return _preflight()
        if request.method not in ("GET", "HEAD"):
            refused = error_response(405)
            refused["Allow"] = METHODS
            return refused
        etag = _etag(request)
        # Compared weakly: a proxy that compresses may have taken the W/ away or added it.
        if etag.removeprefix("W/") in request.headers.get("If-None-Match", ""):
            response: HttpResponse = HttpResponseNotModified()
        else:
            try:
                response = json_response(answer(request, *args, **kwargs))
            except BadQueryError as error:
                return error_response(400, str(error))
            except NotHereError:
                return error_response(404)
        response["ETag"] = etag
        response["Cache-Control"] = "no-cache"
        # Also where there is nothing to compress: a 304 has to say what the whole answer would.
        patch_vary_headers(response, ["Accept-Encoding"])
        return response

    return view


@reading_api
def system(request: HttpRequest) -> Object:
    return bodies.system(context_of(request))


@reading_api
def body_list(request: HttpRequest) -> Object:
    return _list(request, OF_LIST["bodies"], Q(), "bodies/")


@reading_api
def list_of_body(request: HttpRequest, pk: int, list_path: str) -> Object:
    if not Body.objects.published().filter(pk=pk).exists():
        raise NotHereError
    type_ = OF_LIST[list_path]
    return _list(request, type_, type_.of_body(pk), f"body/{pk}/{list_path}/")


@reading_api
def list_of_organization(request: HttpRequest, pk: int, list_path: str) -> Object:
    """Its meetings, or its consultations."""
    if not Organization.objects.published().filter(pk=pk).exists():
        raise NotHereError
    return _list(request, OF_LIST[list_path], Q(organizations=pk), f"organization/{pk}/{list_path}/")


@reading_api
def one(request: HttpRequest, path: str, pk: int) -> Object:
    """An object under its id; what is left of it where it was public once."""
    type_, context = OF_PATH[path], context_of(request)
    if found := type_.write(type_.rows().filter(pk=pk), context):
        return found[pk]
    if former := type_.former().filter(pk=pk).values(*HEAD).first():
        return tombstone(context, type_.name, type_.path, former)
    raise NotHereError


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Whatever else is asked for below /oparl/v1.1/; an id without its last slash leads to the id."""
    if request.method == "OPTIONS":
        return _preflight()
    if request.method in ("GET", "HEAD") and not request.path_info.endswith("/"):
        try:
            found = resolve(f"{request.path_info}/")
        except Resolver404:
            return error_response(404)
        if found.func is not unknown:
            path, _, query = request.get_full_path().partition("?")
            return HttpResponsePermanentRedirect(f"{path}/" + (f"?{query}" if query else ""))
    return error_response(404)


def _list(request: HttpRequest, type_: Type, condition: Q, path: str) -> Object:
    question = Question.read(request.GET, type_.most)
    context = context_of(request, omit_internal=question.omit_internal)
    rows, former = type_.rows().filter(condition), type_.former().filter(condition)
    return list_page(type_, rows, former, context.root + path, question, context)


def _preflight() -> HttpResponse:
    """What browsers ask before a program of another site reads with a header of its own."""
    response = HttpResponse(status=204)
    response["Allow"] = METHODS
    response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Allow-Headers"] = "*"
    response["Access-Control-Max-Age"] = "86400"
    return response


def _etag(request: HttpRequest) -> str:
    # Before anything is read: an answer may be newer than its version, and never older.
    version = read_version()
    parts = (
        FORM,
        version,
        context_of(request).root,
        request.get_full_path(),
        settings.CITY.model_dump_json(),
    )
    return f'W/"{blake2s(repr(parts).encode(), digest_size=12).hexdigest()}"'
