"""Types defined inside other types get a name of their own, OUTER_member, and stand before what they were in.

So everything after the parser sees one flat list of named types.
"""

from __future__ import annotations

from dataclasses import replace

from pyrpcgen.nodes import (
    Constant,
    Declaration,
    Definition,
    Enum,
    InlineType,
    NamedType,
    Procedure,
    Program,
    Struct,
    Type,
    Typedef,
    Union,
)


def hoist(definition: Definition) -> list[Definition]:
    """Return `definition` without inline types, after the types that were inline in it."""
    nested: list[Definition] = []
    if isinstance(definition, Constant):
        return [definition]
    if isinstance(definition, Program):
        flat: Definition = _program(definition, nested)
    else:
        flat = _type(definition, nested)
    return [*nested, flat]


def _type(item: Type, nested: list[Definition]) -> Type:
    if isinstance(item, Struct):
        return replace(item, fields=tuple(_declaration(field, item.name, nested) for field in item.fields))
    if isinstance(item, Union):
        discriminant = _declaration(item.discriminant, item.name, nested)
        cases = tuple(replace(case, arm=_declaration(case.arm, item.name, nested)) for case in item.cases)
        default = _declaration(item.default, item.name, nested) if item.default else None
        return replace(item, discriminant=discriminant, cases=cases, default=default)
    if isinstance(item, Typedef):
        return replace(item, declaration=_declaration(item.declaration, item.name, nested, "item"))
    return item


def _declaration(item: Declaration, outer: str, nested: list[Definition], as_name: str = "") -> Declaration:
    """Return `item` with its inline type, if any, moved to `nested` under the name outer_name."""
    if not isinstance(item.type, InlineType):
        return item
    name = f"{outer}_{as_name or item.name}"
    body: Struct | Union | Enum = replace(item.type.definition, name=name)
    nested.append(_type(body, nested))
    return replace(item, type=NamedType(item.type.place, name))


def _program(item: Program, nested: list[Definition]) -> Program:
    versions = []
    for version in item.versions:
        procedures = tuple(_procedure(procedure, nested) for procedure in version.procedures)
        versions.append(replace(version, procedures=procedures))
    return replace(item, versions=tuple(versions))


def _procedure(item: Procedure, nested: list[Definition]) -> Procedure:
    arguments = []
    for number, argument in enumerate(item.arguments, 1):
        arguments.append(_declaration(argument, item.name, nested, argument.name or f"arg{number}"))
    result = _declaration(item.result, item.name, nested, "result")
    return replace(item, arguments=tuple(arguments), result=result)
