"""All measures as a spreadsheet, out and in."""

from django.urls import URLPattern

urls: list[URLPattern] = []
