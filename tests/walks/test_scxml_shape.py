#!/usr/bin/python3
"""The charts' SCXML is SCXML 1.0, of the shape that they promise; and what is not is found out."""
import sys
import unittest

sys.dont_write_bytecode = True
from exported import scxml  # noqa: E402
from shape import faults  # noqa: E402

GOOD = """\
<scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:ps="urn:payscore:chart" version="1.0"
       datamodel="ecmascript" name="small" initial="A">
  <datamodel><data id="n" expr="0"/></datamodel>
  <state id="A" ps:kind="initial">
    <transition event="go" cond="_event.data.well" target="C" ps:row="1" ps:kind="tran">
      <assign location="n" expr="n + 1"/>
      <if cond="n &gt; 1"><send event="done" target="#x"><param name="n" expr="n"/></send></if>
    </transition>
  </state>
  <state id="B" initial="C" ps:kind="composite"><final id="C" ps:kind="final"/></state>
</scxml>
"""
BAD = {
    "leads to nowhere": ('target="C"', 'target="D"'),
    "leads to a composite": ('target="C"', 'target="B"'),
    "moves without an event": ('event="go" ', ""),
    "an id twice": ('id="C"', 'id="A"'),
    "begins elsewhere": ('id="B" initial="C"', 'id="B" initial="A"'),
    "begins nowhere": ('name="small" initial="A"', 'name="small" initial="Z"'),
    "another namespace": ("2005/07/scxml", "2005/07/other"),
    "another version": ('version="1.0"', 'version="2.0"'),
    "an unknown element": ('<data id="n" expr="0"/>', '<data id="n" expr="0"/><script/>'),
    "an unknown attribute": ('location="n"', 'location="n" where="n"'),
    "an entry action": ("</transition>", "</transition><onentry/>"),
    "an undeclared name": ('expr="n + 1"', 'expr="m + 1"'),
    "an undeclared location": ('location="n"', 'location="m"'),
    "no expression": ('expr="n + 1"', 'expr="n +"'),
    "a kind that is none": ('ps:kind="tran"', 'ps:kind="jump"'),
    "a final that moves": ('<final id="C" ps:kind="final"/>',
                           '<final id="C" ps:kind="final"><transition event="x" ps:kind="stay"/>'
                           "</final>"),
}


class Shape(unittest.TestCase):
    def test_every_chart_is_of_the_shape(self):
        texts = scxml()
        self.assertGreater(len(texts), 0)
        for name, text in texts.items():
            self.assertEqual(faults(text), [], name)
            self.assertIn(f'name="{name}"', text)

    def test_a_good_one_is_good(self):
        self.assertEqual(faults(GOOD), [])

    def test_what_is_wrong_is_found(self):
        for what, (old, new) in BAD.items():
            with self.subTest(what):
                self.assertIn(old, GOOD)
                self.assertNotEqual(faults(GOOD.replace(old, new, 1)), [])


if __name__ == "__main__":
    unittest.main()
