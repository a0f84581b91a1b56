# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Changes at random that make documents nobody foresaw.

Each takes a source of random numbers and the root of a tree; it returns what it
invented, if it did, as the kind and the value of a fact.
"""

import copy

from lxml import etree

_NOVA = 'http://openstack.org/xmlns/libvirt/nova/1.1'
_NAMES = ('invented', '{urn:invented}invented', f'{{{_NOVA}}}invented')


def elements(root):
    """Return the elements of a tree, in order."""
    return list(root.iter(etree.Element))


def _name(rnd, root):
    # Each by a name of its own, to be found again.
    return f'{rnd.choice(_NAMES)}-{sum(1 for _ in root.iter())}-{rnd.randint(0, 9)}'


def attribute(rnd, root):
    """Invent an attribute."""
    name, value = _name(rnd, root), f'{rnd.random()} <&"\n'
    rnd.choice(elements(root)).set(name, value)
    return f'@{name}', value


def element(rnd, root):
    """Invent an element, with another in it."""
    parent, value = rnd.choice(elements(root)), str(rnd.random())
    new = etree.Element(_name(rnd, root))
    etree.SubElement(new, 'inner').text = value
    parent.insert(rnd.randint(0, len(parent)), new)
    return 'text()', value


def text(rnd, root):
    """Write a text between elements."""
    parents = [each for each in elements(root) if len(each)]
    value = str(rnd.random())
    rnd.choice(rnd.choice(parents)).tail = value
    return 'text()', value


def double(rnd, root):
    """Have an element twice."""
    each = rnd.choice(elements(root)[1:])
    _put(rnd, each.getparent(), each)


def elsewhere(rnd, root):
    """Have an element where it does not belong."""
    _put(rnd, rnd.choice(elements(root)), rnd.choice(elements(root)[1:]))


def _put(rnd, parent, each):
    new = copy.deepcopy(each)
    new.tail = None
    parent.insert(rnd.randint(0, len(parent)), new)


def shuffle(rnd, root):
    """Bring the children of an element into another order."""
    parent = rnd.choice(elements(root))
    parent[:] = rnd.sample(list(parent), len(parent))


def remark(rnd, root):
    """Add what libvirt does not keep."""
    parent = rnd.choice(elements(root))
    new = rnd.choice([etree.Comment('why'), etree.ProcessingInstruction('how', 'so')])
    parent.insert(rnd.randint(0, len(parent)), new)


def number(rnd, root):
    """Spell a number in another way."""
    numbers = [(each, name) for each in elements(root)
               for name, value in each.items() if value.isdecimal()]
    if numbers:
        each, name = rnd.choice(numbers)
        digits = each.get(name)
        each.set(name, rnd.choice([f'00{digits}', hex(int(digits))]))


INVENTING = (attribute, element, text)
ALL = (*INVENTING, double, elsewhere, shuffle, remark, number)


def as_text(rnd, root):
    """Return the document, some of its texts as CDATA."""
    for each in elements(root):
        if each.text and not len(each) and rnd.random() < 0.2:
            each.text = etree.CDATA(each.text)
    return etree.tostring(root, encoding='unicode')
