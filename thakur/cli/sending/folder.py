"""Which files of a folder are sent: HEAD's in a git work tree, else all that nothing leaves out."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thakur.cli.interface import FolderUnreadable
from thakur.cli.sending.entries import Entry, Selection, entry_of, is_kept, unreadable
from thakur.cli.sending.git import Blob, Contents, Git, Head
from thakur.cli.sending.gitignore import Rules, is_ignored, parse
from thakur.cli.times import counted

LINK, SUBMODULE, EXECUTABLE = "120000", "160000", "100755"


@contextmanager
def selected(folder: Path, *, is_dirty: bool) -> Iterator[Selection]:
    """Choose what is sent; the entries can be read within the block. Raises FolderUnreadable."""
    git = Git.of(folder)
    head = git.head() if git else None
    if git is None or head is None:
        notes = () if git is None else ("Nothing is committed yet: the files are sent as they are.",)
        yield _plain(folder, notes)
        return
    blobs = git.blobs()
    loose = {name for name in git.untracked() | git.indexed() if is_kept(name)} - {blob.name for blob in blobs}
    if is_dirty:
        yield _working_tree(folder, blobs, loose, head)
    elif blobs:
        with git.contents() as contents:
            yield _committed(folder, blobs, loose, head, contents)
    elif loose:
        raise FolderUnreadable(
            f"HEAD has no file below {folder}, and {counted(len(loose), 'file')} there are not committed",
            hint="Commit them, or send them as they are with --dirty.",
        )
    else:
        yield _plain(folder, ("git ignores this folder: its files are sent as they are.",))


def _committed(folder: Path, blobs: list[Blob], loose: set[str], head: Head, contents: Contents) -> Selection:
    files = [blob for blob in blobs if blob.mode != SUBMODULE]
    entries = [_head_entry(blob, head, contents) for blob in files]
    left_out = len(loose) + sum(_is_changed(folder, blob) for blob in files)
    notes = _submodules(blobs)
    if left_out:
        notes += (f"Left out: {counted(left_out, 'changed or untracked file')}. Send them too with --dirty.",)
    return Selection(entries, notes, head.commit, head.message)


def _head_entry(blob: Blob, head: Head, contents: Contents) -> Entry:
    is_link = blob.mode == LINK
    target = b"".join(contents.read(blob)).decode(errors="surrogateescape") if is_link else None
    return Entry(
        name=blob.name,
        size_bytes=0 if is_link else blob.size_bytes,
        is_executable=blob.mode == EXECUTABLE,
        modified_at=head.at,
        read=lambda: contents.read(blob),
        target=target,
    )


def _is_changed(folder: Path, blob: Blob) -> bool:
    # Compared here and not by git: its own comparison may run filters that the repository's configuration names.
    try:
        entry = entry_of(folder, blob.name)
        if entry is None or (entry.target is None) is (blob.mode == LINK):
            return True
        if entry.target is not None:
            content = entry.target.encode(errors="surrogateescape")
            return _digest(blob, len(content), iter([content])) != blob.object_id
        if entry.size_bytes != blob.size_bytes or entry.is_executable is not (blob.mode == EXECUTABLE):
            return True
        return _digest(blob, entry.size_bytes, entry.read()) != blob.object_id
    except FolderUnreadable:
        return True


def _digest(blob: Blob, size_bytes: int, chunks: Iterator[bytes]) -> str:
    digest = hashlib.sha256() if len(blob.object_id) == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % size_bytes)
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _working_tree(folder: Path, blobs: list[Blob], loose: set[str], head: Head) -> Selection:
    names = {blob.name for blob in blobs if blob.mode != SUBMODULE} | loose
    present = [name for name in sorted(names) if (folder / name).is_symlink() or (folder / name).exists()]
    entries = [entry for name in present if (entry := entry_of(folder, name))]
    changed = len(loose) + sum(_is_changed(folder, blob) for blob in blobs if blob.mode != SUBMODULE)
    notes = (f"With {counted(changed, 'changed or untracked file')}.", *_submodules(blobs))
    return Selection(entries, notes, None if changed else head.commit, head.message)


def _submodules(blobs: list[Blob]) -> tuple[str, ...]:
    count = sum(blob.mode == SUBMODULE for blob in blobs)
    return (f"Left out: {counted(count, 'submodule')}.",) if count else ()


def _plain(folder: Path, notes: tuple[str, ...]) -> Selection:
    entries = sorted(_walk(folder, "", ()), key=lambda entry: entry.name)
    return Selection(entries, notes)


def _walk(root: Path, below: str, outer: tuple[Rules, ...]) -> Iterator[Entry]:
    try:
        children = sorted((root / below).iterdir())
        names = {child.name for child in children}
        text = (root / below / ".gitignore").read_text(errors="surrogateescape") if ".gitignore" in names else ""
    except OSError as error:
        raise unreadable(root / below, error) from error
    rules = (*outer, parse(text, below)) if text else outer
    for child in children:
        name = f"{below}{child.name}"
        is_directory = child.is_dir() and not child.is_symlink()
        if not is_kept(child.name) or is_ignored(rules, name, is_directory=is_directory):
            continue
        if is_directory:
            yield from _walk(root, f"{name}/", rules)
        elif entry := entry_of(root, name):
            yield entry
