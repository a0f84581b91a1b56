# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What other applications write into ``<metadata>``, in namespaces of their own."""

from collections.abc import Iterator

from lxml import etree

from nova.virt.libvirt.schema import markup
from nova.virt.libvirt.schema import refusal
from nova.virt.libvirt.schema.base import LibvirtConfigObject
from nova.virt.libvirt.schema.mapping import Plain


class LibvirtConfigForeignElement(LibvirtConfigObject):
    """``<app:owner xmlns:app='http://example.com/app' id='7'>me</app:owner>``

    Nobody but the application knows what can be in it: it is carried along, and can
    be looked at.
    """

    #: The tag stands for any that has a namespace.
    root_name = 'element'
    ns_uri = '*'
    is_carried = True

    #: ``{namespace}name``; in another one the namespace may be missing.
    name = Plain(default='{urn:unknown}element')
    attributes = Plain(factory=dict)
    #: Texts and elements as they follow each other.
    content = Plain(factory=list)

    # It has no fields that a plan could know.
    def format_dom(self) -> etree._Element:
        try:
            return self._element()
        except refusal.WRONG as ex:
            raise refusal.culprit(self, ex) from ex

    def _written_alone(self) -> None:
        self._element()

    def _element(self) -> etree._Element:
        element = self._empty()
        if isinstance(self.content, str):
            raise TypeError('a list is needed')
        for part in self.content:
            self._add(element, part)
        return element

    # The same.
    def parse_dom(self, xmldoc: etree._Element) -> None:
        self.__init__()  # type: ignore[misc]
        self.name = xmldoc.tag
        self.ns_prefix = xmldoc.prefix
        self.attributes = dict(xmldoc.attrib)
        self.content = list(_parts(xmldoc))

    def _empty(self) -> etree._Element:
        uri, _local = markup.split(self.name)
        nsmap = {self.ns_prefix: uri} if self.ns_prefix and uri else None
        return etree.Element(self.name, self.attributes, nsmap=nsmap)

    def _add(self, element: etree._Element,
             part: 'str | LibvirtConfigForeignElement') -> None:
        if isinstance(part, LibvirtConfigForeignElement):
            element.append(part.format_dom())
        elif not isinstance(part, str):
            raise TypeError('a text or a foreign element is needed')
        elif len(element):
            element[-1].tail = (element[-1].tail or '') + part
        else:
            element.text = (element.text or '') + part


def _parts(element: etree._Element) -> 'Iterator[str | LibvirtConfigForeignElement]':
    yield from _said(element.text)
    for child in element:
        # Comments and processing instructions are nothing that libvirt keeps.
        if isinstance(child.tag, str):
            inner = LibvirtConfigForeignElement()
            inner.parse_dom(child)
            yield inner
        yield from _said(child.tail)


def _said(text: str | None) -> Iterator[str]:
    if text and not text.isspace():
        yield text
