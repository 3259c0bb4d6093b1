"""The answers that the proxy gives itself: a small page for a browser, one line of text for anybody else."""

from thakur.proxy.dataplane.faults import REASONS, Fault

STYLE = (
    ":root{color-scheme:light dark;--bg:#f7f6f3;--text:#191c1e;--muted:#595d61;--edge:#8a867e;--accent:#00627a;--on:#fff;"
    "--line:#e3e0d9}"
    "@media(prefers-color-scheme:dark){:root{--bg:#0e1214;--text:#e9eced;--muted:#a3adb2;--edge:#6b767c;--accent:#5cc5da;"
    "--on:#04181d;--line:#283035}}"
    "*{box-sizing:border-box;margin:0}"
    "body{min-height:100vh;min-height:100dvh;display:grid;grid-template-rows:1fr auto;background:var(--bg);"
    'color:var(--text);font:1rem/1.55 -apple-system,"Segoe UI",Roboto,"Noto Sans",Cantarell,"Liberation Sans",Arial,'
    "sans-serif}"
    "main{place-self:center;width:min(30rem,100%);padding:2rem 1.5rem;display:grid;gap:1rem;justify-items:start;"
    "overflow-wrap:anywhere}"
    "svg{width:5.5rem;height:5.5rem;margin-left:-.9rem;fill:none;stroke:var(--edge);stroke-width:1.1;"
    "stroke-linejoin:round;stroke-linecap:round}"
    "h1{font-size:1.625rem;line-height:1.2;letter-spacing:-.022em;font-weight:620}"
    "p{color:var(--muted)}"
    "b,code{color:var(--text);font-weight:550}"
    'code{font:.9em ui-monospace,Menlo,Consolas,"Noto Sans Mono",monospace}'
    "a{display:inline-flex;align-items:center;min-height:2.5rem;padding:0 1rem;border-radius:8px 8px 3px 3px;"
    "background:var(--accent);color:var(--on);font-weight:600;text-decoration:none}"
    "a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}"
    "footer{display:flex;flex-wrap:wrap;gap:0 1.5rem;padding:1rem 1.5rem;border-top:1px solid var(--line);"
    "color:var(--muted);font-size:.8125rem}"
)
# The hash of STYLE, so that the page may bring it and nothing else.
STYLE_HASH = "sha256-kOyUmZeO/Hl8+9Ry3PH8FF+G1NFzfUUwZ3K44fbIuFA="

_ARCH = "M4 22V11.5c0-2.7 1.5-4.7 3.7-5.2C8.3 4 10 2.7 12 1.5c2 1.2 3.7 2.5 4.3 4.8 2.2.5 3.7 2.5 3.7 5.2V22"
_CRACK = "M12 1.5v5l-2 3 3 3-2 4"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main>
<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{arch}"/><path d="M2 22h20{crack}"/></svg>
<h1>{title}</h1>
<p>{text}</p>
{more}</main>
<footer><span>{status}</span><span>Thakur Deploy</span></footer>
</body>
</html>
"""
_MORE = {
    "unknown": "<p>If it is yours: add the domain to your project, or deploy the project once.</p>\n",
    "failed": '<a href="">Try again</a>\n<p>If it is yours: <code>thakur logs</code> shows its last lines.</p>\n',
}


def answer(fault: Fault, host: str, *, html: bool, closes: bool, is_head: bool, fields: str = "") -> bytes:
    """The whole response for a fault; `fields` are further header lines, each with its CRLF."""
    body = _page(fault, host) if html else _text(fault, host)
    kind = "text/html" if html else "text/plain"
    lines = [
        f"HTTP/1.1 {fault.status} {REASONS[fault.status]}\r\n",
        f"Content-Type: {kind}; charset=utf-8\r\n",
        f"Content-Length: {len(body)}\r\n",
        "Cache-Control: no-store\r\n",
        "X-Content-Type-Options: nosniff\r\n",
    ]
    if html:
        lines.append(f"Content-Security-Policy: default-src 'none'; style-src '{STYLE_HASH}'; img-src data:\r\n")
    if fault.state:
        lines.append(f"Thakur-State: {fault.state}\r\n")
    if closes:
        lines.append("Connection: close\r\n")
    head = "".join([*lines, fields, "\r\n"]).encode("latin-1")
    return head if is_head else head + body


def _page(fault: Fault, host: str) -> bytes:
    shown = host.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    page = _PAGE.format(
        title=fault.title,
        style=STYLE,
        arch=_ARCH,
        crack=_CRACK if fault.state == "failed" else "",
        text=fault.text.format(host=f"<b>{shown or 'this address'}</b>"),
        more=_MORE.get(fault.state, ""),
        status=fault.status,
    )
    return page.encode()


def _text(fault: Fault, host: str) -> bytes:
    return f"{fault.title}. {fault.text.format(host=host or 'this address')}\n".encode()
