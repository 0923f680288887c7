"""Measures the portal's pages against a bare Django view: `manage.py benchmark pages`, docs/benchmarks.md."""
