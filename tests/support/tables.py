"""A table of figures: rows of named cells, columns in the order in which they first come."""

from dataclasses import dataclass, field


@dataclass
class Table:
    """What was measured."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, **cells: object) -> None:
        """A row; `_` in a column's name is a blank. It is printed at once, for whoever waits."""
        row = {name.replace("_", " "): str(cell) for name, cell in cells.items()}
        self.rows.append(row)
        print("\n" + "; ".join(f"{name}: {cell}" for name, cell in row.items()))

    def lines(self) -> list[str]:
        columns = list(dict.fromkeys(name for row in self.rows for name in row))
        cells = [columns, *([row.get(name, "") for name in columns] for row in self.rows)]
        widths = [max(len(row[index]) for row in cells) for index in range(len(columns))]
        return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
