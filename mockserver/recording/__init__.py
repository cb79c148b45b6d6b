"""Record mode: a proxy in front of an API that writes what passes to a cassette. Only here is there an HTTP client.

upstream.Upstream      the API behind the proxy
proxy.recorder         the application
lines.line             an exchange as the line that is written, without its secrets
"""
