#!/usr/bin/python3
"""Does every row of the platform's transition table have rows of the chart, or a reason?"""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROWS_OF_THE_PLATFORM = 34


def table():
    """Number, ids, remark of each line of the table in statecharts/README.md."""
    text = (ROOT / "statecharts/README.md").read_text(encoding="utf-8")
    section = text.split("## The platform's transitions", 1)[1]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 4 and cells[0].isdigit():
            yield int(cells[0]), cells[2], cells[3]


def rows_of_the_chart():
    text = (ROOT / "statecharts/service_order.def").read_text(encoding="utf-8")
    return {int(id) for id in re.findall(r"^(?:TRAN|STAY|IGNORE|REJECT)\((\d+),", text, re.M)}


class Transitions(unittest.TestCase):
    def test_every_row_of_the_platform_stands_once_and_in_order(self):
        numbers = [number for number, _, _ in table()]
        self.assertEqual(numbers, list(range(1, ROWS_OF_THE_PLATFORM + 1)))

    def test_every_row_names_rows_of_the_chart_or_a_reason(self):
        known = rows_of_the_chart()
        self.assertGreater(len(known), 300)
        for number, ids, remark in table():
            with self.subTest(row=number):
                if not ids:
                    self.assertGreater(len(remark.split()), 5, "no row, and no reason either")
                    continue
                for id in ids.split(","):
                    self.assertIn(int(id), known)


if __name__ == "__main__":
    unittest.main()
