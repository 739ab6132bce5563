#!/usr/bin/python3
"""The pictures of the charts can be read on one page of A4: nothing lies over anything else, no
arrow runs over words that are not its own, and no letter is too small. Graphviz says where it
puts what; the picture is not looked at."""
import itertools
import json
import os
import subprocess
import typing
import unittest


FONT_MIN_PT = 5.0
A4_PT = (595.3, 841.9)
MARGIN_PT = 28.0
TOUCH_PT = 0.5  # Two things that only touch do not overlap.
GLANCE_PT = 2.0  # An arrow may graze the corner of a node that it passes.


class Box(typing.NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other):
        return (self.left + TOUCH_PT < other.right and other.left + TOUCH_PT < self.right and
                self.bottom + TOUCH_PT < other.top and other.bottom + TOUCH_PT < self.top)

    def holds(self, other, slack=TOUCH_PT):
        return (self.left - slack <= other.left and other.right <= self.right + slack and
                self.bottom - slack <= other.bottom and other.top <= self.top + slack)

    def around(self, point):
        return (self.left + TOUCH_PT < point[0] < self.right - TOUCH_PT and
                self.bottom + TOUCH_PT < point[1] < self.top - TOUCH_PT)


def text_box(draw):
    """The words of one 'T' operation: graphviz gives the width it has measured."""
    (x, y), width = draw["pt"], draw["width"]
    left = x - {"l": 0, "c": width / 2, "r": width}[draw["align"]]
    # Capitals and digits stand on the base line; nothing that is drawn here is taller.
    return Box(left, y, left + width, y + 0.7 * draw["size"])


def bezier(points):
    """Points of a spline of cubic pieces, close enough to each other to meet any letter."""
    for at in range(0, len(points) - 3, 3):
        corners = points[at:at + 4]
        for step in range(41):
            t = step / 40
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3)
            yield tuple(sum(weight * corner[axis] for weight, corner in zip(weights, corners))
                        for axis in (0, 1))


class Picture:
    """Where graphviz puts the nodes, frames, words and arrows of one text."""

    def __init__(self, source):
        ran = subprocess.run(["dot", "-Tjson"], input=source, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, check=True)
        self.warnings = ran.stderr
        drawn = json.loads(ran.stdout)
        self.size = self.fonts = None
        self.nodes, self.frames, self.texts, self.members = {}, {}, {}, {}
        for thing in drawn.get("objects", []):
            self._place(thing)
        self.edges = [(self._name_of(drawn, edge["tail"]), self._name_of(drawn, edge["head"]),
                       list(self._points(edge))) for edge in drawn.get("edges", [])]
        words = [draw for thing in [drawn] + drawn.get("objects", [])
                 for draw in thing.get("_ldraw_", [])]
        self.fonts = self._sizes(words)
        left, bottom, right, top = (float(value) for value in drawn["bb"].split(","))
        self.size = (right - left, top - bottom)

    @staticmethod
    def _name_of(drawn, number):
        return drawn["objects"][number]["name"]

    @staticmethod
    def _points(edge):
        for draw in edge["_draw_"]:
            if draw["op"] in "bB":
                yield from bezier(draw["points"])

    @staticmethod
    def _sizes(draws):
        """The font in force at each word: sizes are set by operations of their own."""
        sizes, size = set(), None
        for draw in draws:
            size = draw["size"] if draw["op"] == "F" else size
            if draw["op"] == "T" and draw["text"].strip():
                sizes.add(size)
        return sizes

    def _place(self, thing):
        name = thing["name"]
        if "bb" in thing:
            self.frames[name] = Box(*(float(value) for value in thing["bb"].split(",")))
            self.members[name] = set(thing.get("nodes", []))
            return
        x, y = (float(value) for value in thing["pos"].split(","))
        width, height = 36 * float(thing["width"]), 36 * float(thing["height"])
        self.nodes[name] = Box(x - width, y - height, x + width, y + height)
        size, texts = None, []
        for draw in thing.get("_ldraw_", []):
            size = draw["size"] if draw["op"] == "F" else size
            if draw["op"] == "T" and draw["text"].strip():
                texts.append(text_box({**draw, "size": size}))
        self.texts[name] = texts

    def overlapping_nodes(self):
        return [pair for pair in itertools.combinations(sorted(self.nodes), 2)
                if self.nodes[pair[0]].overlaps(self.nodes[pair[1]])]

    def words_outside_their_nodes(self):
        return [name for name, texts in self.texts.items()
                if not all(self.nodes[name].holds(text, slack=1.0) for text in texts)]

    def overlapping_words(self):
        texts = [(name, text) for name, boxes in self.texts.items() for text in boxes]
        return [(one[0], other[0]) for one, other in itertools.combinations(texts, 2)
                if one[1].overlaps(other[1])]

    def nodes_on_a_border(self):
        return [(name, frame) for frame, border in self.frames.items()
                for name, node in self.nodes.items()
                if border.overlaps(node) and not border.holds(node)]

    def arrows_over_words(self):
        """Arrows that run over the words of a node that they neither leave nor enter."""
        found = set()
        for tail, head, points in self.edges:
            for name, texts in self.texts.items():
                if name not in (tail, head) and any(
                        text.around(point) for text in texts for point in points):
                    found.add((tail, head, name))
        return sorted(found)

    def arrows_through_nodes(self):
        """As well as none runs through a node that it neither leaves nor enters."""
        inner = {name: Box(box.left + GLANCE_PT, box.bottom + GLANCE_PT, box.right - GLANCE_PT,
                           box.top - GLANCE_PT) for name, box in self.nodes.items()}
        return sorted({(tail, head, name) for tail, head, points in self.edges
                       for name, box in inner.items()
                       if name not in (tail, head) and any(map(box.around, points))})

    def smallest_font(self):
        """In points, when the picture is put on A4 the way it fits best, and never enlarged."""
        across, along = (side - 2 * MARGIN_PT for side in A4_PT)
        width, height = self.size
        scale = max(min(1, across / width, along / height), min(1, along / width, across / height))
        return scale * min(self.fonts)


def charts(*words):
    return subprocess.run([os.environ["PAYSCORE_CHARTS"], *words], stdout=subprocess.PIPE,
                          text=True, check=True).stdout


def pictures():
    """The text of every picture, by the file that holds it."""
    files = [line.split() for line in charts("files").splitlines()]
    return {file: charts("export", "dot", chart, *([] if part == "-" else [part]))
            for format_name, _, chart, file, part in files if format_name == "dot"}


class EveryPicture(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pictures = {name: Picture(source) for name, source in pictures().items()}

    def each(self, find):
        self.assertTrue(self.pictures)
        for name, picture in self.pictures.items():
            with self.subTest(picture=name):
                self.assertEqual(find(picture), [])

    def test_is_drawn_without_a_warning(self):
        self.each(lambda picture: picture.warnings.splitlines())

    def test_no_two_nodes_overlap(self):
        self.each(Picture.overlapping_nodes)

    def test_words_stay_inside_what_they_name(self):
        self.each(Picture.words_outside_their_nodes)

    def test_no_two_words_overlap(self):
        self.each(Picture.overlapping_words)

    def test_no_node_lies_on_the_border_of_a_frame(self):
        self.each(Picture.nodes_on_a_border)

    def test_no_arrow_runs_over_words(self):
        self.each(Picture.arrows_over_words)

    def test_no_arrow_runs_through_a_node(self):
        self.each(Picture.arrows_through_nodes)

    def test_the_smallest_letter_can_be_read_on_one_page(self):
        for name, picture in self.pictures.items():
            with self.subTest(picture=name):
                self.assertGreaterEqual(picture.smallest_font(), FONT_MIN_PT)


class TheMeasure(unittest.TestCase):
    """What is found to be right is only worth something if what is wrong is found."""

    def test_two_nodes_at_one_place_overlap(self):
        picture = Picture('graph { layout=neato; a [pos="0,0!"]; b [pos="0.1,0!"] }')
        self.assertEqual(picture.overlapping_nodes(), [("a", "b")])
        self.assertTrue(picture.overlapping_words())

    def test_words_wider_than_their_node_stand_out(self):
        picture = Picture('graph { a [label="much too long", fixedsize=true, width=0.3] }')
        self.assertEqual(picture.words_outside_their_nodes(), ["a"])

    def test_an_arrow_over_words_is_found(self):
        picture = Picture('digraph { layout=neato; splines=line; a [pos="0,0!"]; '
                               'b [pos="2,0!"]; c [pos="4,0!"]; a -> c }')
        self.assertEqual(picture.arrows_over_words(), [("a", "c", "b")])
        self.assertEqual(picture.arrows_through_nodes(), [("a", "c", "b")])

    def test_a_picture_too_large_for_a_page_has_small_letters(self):
        wide = "digraph { node [fontsize=8, width=2]; rankdir=LR; %s }"
        short = Picture(wide % "a -> b")
        long = Picture(wide % " -> ".join(f"a{i}" for i in range(20)))
        self.assertEqual(short.smallest_font(), 8)
        self.assertLess(long.smallest_font(), 3)


if __name__ == "__main__":
    unittest.main()
