"""The evidence picker."""

from django.urls import URLPattern

urls: list[URLPattern] = []
