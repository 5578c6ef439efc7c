"""What changed between two folders, by the digests of their files."""

from __future__ import annotations

from dataclasses import dataclass

from nbmlops.data.folders import FileEntry, Manifest


@dataclass(frozen=True)
class FilesDiff:
    """What changed from one folder to another.

    Attributes
    ----------
    added, removed
        Files of one side alone.
    modified
        (before, after) of the same path with other bytes, or with other permission to run.
    renamed
        (before, after) of the same bytes under another path.
    unchanged
        How many are as they were.
    """

    added: tuple[FileEntry, ...]
    removed: tuple[FileEntry, ...]
    modified: tuple[tuple[FileEntry, FileEntry], ...]
    renamed: tuple[tuple[FileEntry, FileEntry], ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.modified or self.renamed)


def diff_files(left: Manifest, right: Manifest) -> FilesDiff:
    """Compare two folders by their manifests; no file is opened.

    A removed and an added file of the same bytes are one renamed file, paired in the order of their paths. Empty files
    are never taken for one another.
    """
    before, after = left.by_path, right.by_path
    both = before.keys() & after.keys()
    modified = sorted((before[path], after[path]) for path in both if before[path] != after[path])
    gone = [before[path] for path in sorted(before.keys() - both)]
    new = [after[path] for path in sorted(after.keys() - both)]
    by_digest: dict[str, list[FileEntry]] = {}
    for file in new:
        if file.size_bytes:
            by_digest.setdefault(file.digest, []).append(file)
    renamed: list[tuple[FileEntry, FileEntry]] = []
    for file in gone:
        if twins := by_digest.get(file.digest):
            renamed.append((file, twins.pop(0)))
    taken = {pair[0].path for pair in renamed}, {pair[1].path for pair in renamed}
    return FilesDiff(
        tuple(file for file in new if file.path not in taken[1]),
        tuple(file for file in gone if file.path not in taken[0]),
        tuple(modified),
        tuple(renamed),
        len(both) - len(modified),
    )
