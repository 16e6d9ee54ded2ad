"""Python sources as what they do: no comments, layout, docstrings or types in signatures, alike under every Python.

Reads {path: text} from stdin and prints {path: {"text": what it does, "imports": [paths it may mean]}}.
"""

import ast
import json
import posixpath
import sys

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
SKIPPED = {"ctx", "kind", "type_comment", "type_ignores", "type_params", "returns"}


def bare(node):
    if isinstance(node, list):
        return [bare(each) for each in node]
    if not isinstance(node, ast.AST):
        return ascii(node)
    fields = {name: value for name, value in ast.iter_fields(node) if name not in SKIPPED and value not in (None, [])}
    if isinstance(node, ast.arg):
        fields.pop("annotation", None)
    if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
        fields["body"] = node.body[1:]
    return [type(node).__name__, {name: bare(fields[name]) for name in sorted(fields)}]


def imports(path, tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            base = posixpath.join(posixpath.dirname(path), *[".."] * (node.level - 1)) if node.level else "trainer"
            base = posixpath.normpath(posixpath.join(base, *(node.module or "").split(".")))
            yield from [f"{base}.py", *(posixpath.join(base, f"{each.name}.py") for each in node.names)]
        if isinstance(node, ast.Import):
            yield from (f"trainer/{each.name.replace('.', '/')}.py" for each in node.names)


def main():
    trees = {path: ast.parse(text) for path, text in json.load(sys.stdin).items()}
    told = {path: {"text": json.dumps(bare(tree)), "imports": [*imports(path, tree)]} for path, tree in trees.items()}
    print(json.dumps(told))


main()
