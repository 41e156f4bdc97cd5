"""Finds where a module or a template asks which kind a document is: by code, class, flag, word or alphabet."""

import ast
import re
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xero_sync.domain.kinds import KindSpec
from xero_sync.kinds.registry import KINDS

CODES = {spec.code for spec in KINDS}
# Each kind has one of these: who asks for the class asks for the kind.
CLASSES = {f"{spec.code.title()}{part}" for spec in KINDS for part in ("", "Document", "InXero", "Rows")}
WORDS = {"noun", "plural", "title"}
# The facts of a kind that are answered with yes or no.
FLAGS = {
    *(name for name, hint in typing.get_type_hints(KindSpec).items() if hint is bool),
    *(
        name
        for name, each in vars(KindSpec).items()
        if isinstance(each, property) and typing.get_type_hints(each.fget)["return"] is bool
    ),
}
COLLECTIONS = {"frozenset", "list", "set", "tuple"}
COMPARING = {"eq", "ne", "is_", "is_not", "__eq__", "__ne__", "startswith", "endswith"}
SORTING = {"order_by", "latest", "earliest", "attrgetter", "itemgetter"}
A_CODE = f"({'|'.join(CODES)})"
IN_SQL = re.compile(rf"kind\s*(=|<>|!=|IN\s*\()\s*'{A_CODE}'", re.IGNORECASE)
# By the letters of the codes; `array_position(order, kind)` is by the registry.
SORTED_IN_SQL = re.compile(r"ORDER\s+BY\s+([\w.]+(\s+(ASC|DESC))?\s*,\s*)*(\w+\.)?kind\b", re.IGNORECASE)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
IN_TAG = re.compile(
    rf"\.({'|'.join(FLAGS)})\b|['\"]{A_CODE}['\"]|\.({'|'.join(WORDS)})\s*[=!]=|([=!]=|\bin)\s*[\w.]+\.({'|'.join(WORDS)})\b"
)


@dataclass(frozen=True)
class Module:
    """A syntax tree, with the names that the module binds to kinds and to columns with "kind" among them."""

    tree: ast.Module
    kinds: frozenset[str] = frozenset(CODES)
    columns: frozenset[str] = frozenset()

    @classmethod
    def of(cls, source: str) -> "Module":
        """With the names of names too."""
        module, before = cls(ast.parse(source)), None
        while module != before:
            before = module
            kinds = module.kinds | set(_bound_names(module.tree, module.is_code))
            module = cls(module.tree, kinds, module.columns | set(_bound_names(module.tree, module.has_kind_column)))
        return module

    def names_a_kind(self, node: ast.AST | None) -> bool:
        """Whether an expression is a kind, its code or a collection with one."""
        match node:
            case ast.Constant(value=value):
                return value in CODES
            case ast.Name(id=name):
                return name in self.kinds
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                return name in self.kinds or (name in CLASSES and attr == "kind")
            case ast.Subscript(value=ast.Name(id="KINDS"), slice=ast.Constant()):
                return True
            case ast.NamedExpr(value=part):
                return self.names_a_kind(part)
            case ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.List(elts=parts):
                return any(map(self.names_a_kind, parts))
            case ast.Call(func=ast.Name(id=name), args=parts) if name in COLLECTIONS:
                return any(map(self.names_a_kind, parts))
        return False

    def is_code(self, node: ast.AST | None) -> bool:
        """Whether an expression is a kind or its code, and no other fact of one."""
        return self.names_a_kind(node) and (not isinstance(node, ast.Attribute) or node.attr in {"code", "kind"})

    def has_kind_column(self, node: ast.AST | None) -> bool:
        """Whether an expression is the column "kind", or a list of columns with it."""
        match node:
            case ast.Constant(value=str() as text):
                return text.lstrip("-").rpartition("__")[2] == "kind"
            case ast.Name(id=name) | ast.Starred(value=ast.Name(id=name)):
                return name in self.columns
            case ast.Attribute(attr=name):
                return name == "kind"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return any(map(self.has_kind_column, parts))
            case ast.Lambda(body=body):
                return self.has_kind_column(body)
        return False

    def compares(self, node: ast.AST) -> bool:
        """Whether a kind, its class or one of its words is compared with something."""
        match node:
            case ast.Compare(left=left, comparators=others):
                return any(self.names_a_kind(each) or _is_class(each) for each in (left, *others)) or (
                    _compares_words([left, *others])
                )
            case ast.Call(func=ast.Attribute(value=owner, attr=name), args=args) if name in COMPARING:
                return any(map(self.names_a_kind, (owner, *args)))
            case ast.Call(func=ast.Name(id=name), args=args) if name in COMPARING:
                return any(map(self.names_a_kind, args))
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, classes]):
                return any(map(_is_class, ast.walk(classes)))
            case ast.MatchValue(value=value):
                return self.names_a_kind(value)
            case ast.MatchClass(cls=named):
                return _is_class(named)
        return False

    def chooses(self, node: ast.AST) -> bool:
        """Whether an act or a word is chosen by kind; rows, ids and counts by kind are only data."""
        match node:
            case ast.Dict(keys=keys, values=values):
                return any(self.names_a_kind(key) and _is_choice(each) for key, each in zip(keys, values, strict=True))
            case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
                return any(each.arg in CODES and _is_choice(each.value) for each in keywords)
            case ast.Call(func=ast.Name(id="When"), keywords=keywords):
                return any(each.arg == "kind" and self.names_a_kind(each.value) for each in keywords)
            case ast.Constant(value=str() as text):
                return bool(IN_SQL.search(text))
            case ast.Attribute(attr=name):
                return name in FLAGS
        return False

    def sorts(self, node: ast.AST) -> bool:
        """Whether rows are put in the order of the letters of their kinds' codes."""
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=args) if name in SORTING:
                return any(map(self.has_kind_column, args))
            case ast.keyword(arg="key", value=value):
                return self.has_kind_column(value)
            case ast.Assign(targets=[ast.Name(id="ordering")], value=value):
                return self.has_kind_column(value)
            case ast.Constant(value=str() as text):
                return bool(SORTED_IN_SQL.search(text))
        return False


def _bound_names(tree: ast.Module, holds: Callable[[ast.AST | None], bool]) -> Iterator[str]:
    """The names that stand for an expression that holds."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if holds(value):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if holds(value):
                yield name
            case ast.NamedExpr(target=ast.Name(id=name), value=value) if holds(value):
                yield name
            case ast.alias(name=name, asname=str() as other) if holds(ast.Name(name)):
                yield other


def _is_class(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in CLASSES


def _is_choice(value: ast.expr) -> bool:
    return isinstance(value, ast.Name | ast.Attribute | ast.Constant | ast.Lambda)


def _compares_words(parts: list[ast.expr]) -> bool:
    texts = [each for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return bool(texts) and any(isinstance(each, ast.Attribute) and each.attr in WORDS for each in parts)


def find_questions(source: str) -> list[str]:
    """The expressions of a module that ask which kind something is."""
    module = Module.of(source)
    return [
        ast.unparse(node)
        for node in ast.walk(module.tree)
        if module.compares(node) or module.chooses(node) or module.sorts(node)
    ]


def find_questions_in_template(source: str) -> list[str]:
    """The tags of a template that ask which kind something is."""
    return [tag for tag in TAG.findall(source) if IN_TAG.search(tag)]
