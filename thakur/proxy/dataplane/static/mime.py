"""Which Content-Type a file's name stands for."""

_TEXT = "; charset=utf-8"
_TYPES = {
    "html": "text/html" + _TEXT,
    "htm": "text/html" + _TEXT,
    "css": "text/css" + _TEXT,
    "js": "text/javascript" + _TEXT,
    "mjs": "text/javascript" + _TEXT,
    "cjs": "text/javascript" + _TEXT,
    "json": "application/json",
    "map": "application/json",
    "geojson": "application/geo+json",
    "jsonld": "application/ld+json",
    "webmanifest": "application/manifest+json",
    "xml": "text/xml" + _TEXT,
    "xhtml": "application/xhtml+xml",
    "xsl": "text/xsl" + _TEXT,
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "txt": "text/plain" + _TEXT,
    "md": "text/markdown" + _TEXT,
    "csv": "text/csv" + _TEXT,
    "tsv": "text/tab-separated-values" + _TEXT,
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "toml": "application/toml",
    "vtt": "text/vtt" + _TEXT,
    "ics": "text/calendar" + _TEXT,
    "svg": "image/svg+xml",
    "png": "image/png",
    "apng": "image/apng",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "jxl": "image/jxl",
    "heic": "image/heic",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "ico": "image/x-icon",
    "cur": "image/x-icon",
    "bmp": "image/bmp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "eot": "application/vnd.ms-fontobject",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "weba": "audio/webm",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "ogv": "video/ogg",
    "m3u8": "application/vnd.apple.mpegurl",
    "pdf": "application/pdf",
    "wasm": "application/wasm",
    "zip": "application/zip",
    "tar": "application/x-tar",
    "tgz": "application/gzip",
    "bz2": "application/x-bzip2",
    "xz": "application/x-xz",
    "zst": "application/zstd",
    "7z": "application/x-7z-compressed",
    "epub": "application/epub+zip",
    "rtf": "application/rtf",
    "gz": "application/gzip",
    "glb": "model/gltf-binary",
    "gltf": "model/gltf+json",
}

_OCTETS = "application/octet-stream"
# Apple asks for this one without an extension.
_NAMES = {"apple-app-site-association": "application/json"}


def content_type(name: str) -> str:
    """The type for a file name; bytes of no known kind are offered as such."""
    base = name.rpartition("/")[2]
    return _TYPES.get(_extension(base)) or _NAMES.get(base, _OCTETS)


def is_known(name: str) -> bool:
    """Whether the name ends as a kind of file does."""
    return _extension(name.rpartition("/")[2]) in _TYPES


def _extension(base: str) -> str:
    return base.rpartition(".")[2].lower() if "." in base else ""
