"""The parameters of a schema, flattened to the ones that take a single value or a list."""

from collections.abc import Iterator, Mapping
from typing import Any

from yamlagents.sdk.offline.fitness import Path, Slot
from yamlagents.sdk.offline.schema import SchemaTree, Variant, types_of
from yamlagents.sdk.offline.words import name_words, stems_of


def list_slots(tree: SchemaTree) -> list[Slot]:
    """Return the slots of a tool's schema, those of nested objects too, in declared order."""
    return list(_object_slots(tree, Variant({}, ()), tree.root, (), True))


def _object_slots(
    tree: SchemaTree, outer: Variant, node: Any, path: Path, required: bool
) -> Iterator[Slot]:
    for variant in tree.variants(node, outer.refs):
        if "properties" in variant.node:
            for key, part in variant.node["properties"].items():
                wanted = required and key in variant.node.get("required", ())
                yield from _slots(tree, variant, part, (*path, key), wanted)
            return


def _slots(
    tree: SchemaTree, outer: Variant, node: Any, path: Path, required: bool
) -> Iterator[Slot]:
    variants = list(tree.variants(node, outer.refs))
    # A default or a null says that the value may be left to itself.
    required = required and not (isinstance(node, Mapping) and "default" in node)
    required = required and not any("null" in _named_types(v) for v in variants)
    if any("properties" in variant.node for variant in variants):
        yield from _object_slots(tree, outer, node, path, required)
    elif variants:
        yield _slot(node, variants, path, required)


def _named_types(variant: Variant) -> list[str]:
    return types_of(variant.node) if "type" in variant.node else []


def _slot(node: Any, variants: list[Variant], path: Path, required: bool) -> Slot:
    nodes = [variant.node for variant in variants]
    items = next((n["items"] for n in nodes if isinstance(n.get("items"), Mapping)), None)
    outer_words = (stem for part in path[:-1] for stem in name_words(part))
    described = " ".join(str(n.get("description", "")) for n in (node, *nodes) if n)
    kinds = {kind for n in nodes for kind in types_of(n)}
    if items is not None:
        kinds = set(types_of(items)) if "type" in items or "enum" not in items else {"string"}
    return Slot(
        path=path,
        words=name_words(path[-1]),
        about=stems_of(described) | frozenset(outer_words),
        node=node,
        kinds=frozenset(kinds),
        format=next((n["format"] for n in (*nodes, items or {}) if "format" in n), None),
        choices=tuple(value for n in nodes for value in _choices(n)),
        items=items,
        required=required,
    )


def _choices(node: Mapping[str, Any]) -> list[Any]:
    return [node["const"]] if "const" in node else list(node.get("enum", ()))
