# SPDX-License-Identifier: BSD-3-Clause
"""Walks an OpenAPI description: right and wrong values of each parameter, answers held against it.

Wants python3-jsonschema.
"""

import itertools
import json
import urllib.parse
import warnings
from dataclasses import dataclass

import jsonschema
from suite import Failed, check

with warnings.catch_warnings():  # its successor is not in Debian 12
    warnings.simplefilter("ignore", DeprecationWarning)
    from jsonschema import RefResolver

NO_NUMBERS = ("", "x", "1.5", "-1", "+1", "0x1", "1e2", " 1", "1;")
NO_TEXTS = ("", "zz", "%20", "a" * 41)


def encode(value):
    return urllib.parse.quote(str(value), safe="")


@dataclass
class Call:
    """A request, and whether it is right as far as its parameters go."""

    operation: tuple  # of the description: method, path
    target: str
    right: bool
    body: object = None


class Description:
    def __init__(self, document):
        self.document = document
        self.operations = {  # (method, path) -> operation
            (method.upper(), path): operation
            for path, item in document["paths"].items()
            for method, operation in item.items()
        }
        self._resolver = RefResolver("", document)
        for schema in document["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def resolve(self, node):
        while "$ref" in node:
            node = self._resolver.resolve(node["$ref"])[1]
        return node

    def references(self, node):
        """Every $ref there is within a node: each must lead somewhere."""
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        found = [node["$ref"]] if isinstance(node, dict) and "$ref" in node else []
        return found + [name for child in inner for name in self.references(child)]

    def validate(self, value, schema, what):
        validator = jsonschema.Draft202012Validator(schema, resolver=self._resolver)
        for error in itertools.islice(validator.iter_errors(value), 1):
            deepest = jsonschema.exceptions.best_match([error])
            place = "/".join(map(str, deepest.absolute_path))
            raise Failed(f"{what}: {place}: {deepest.message[:300]}")

    # --- values of parameters ---------------------------------------------------------------------

    def right_values(self, schema, known):
        schema = self.resolve(schema)
        if "enum" in schema:
            return schema["enum"]
        if schema["type"] == "integer":
            ends = {schema["minimum"], schema["maximum"], schema["minimum"] + 1}
            return sorted(ends | {schema.get("default", schema["minimum"])})
        if schema["type"] == "array":
            items = self.right_values(schema["items"], known)
            return [items, items[:1] * schema["maxItems"]]
        return [known, *schema["examples"]]

    def wrong_values(self, schema, known):
        schema = self.resolve(schema)
        if "enum" in schema:
            return ["", schema["enum"][0].upper(), "".join(schema["enum"])]
        if schema["type"] == "integer":
            return [schema["minimum"] - 1, schema["maximum"] + 1, 1 << 64, *NO_NUMBERS]
        if schema["type"] == "array":
            items = [[value] for value in self.wrong_values(schema["items"], known)]
            return [*items, [known] * (schema["maxItems"] + 1)]
        return [*NO_TEXTS, known + "0", known[:-1], known[:-1] + "-"]

    def bodies(self, operation):
        """Right and wrong ones; where there is none, a right one is None."""
        if "requestBody" not in operation:
            return [None], []
        schema = self.resolve(operation["requestBody"]["content"]["application/json"]["schema"])
        right = [json.dumps(example) for example in schema["examples"]]
        spoiled = [{**schema["examples"][0], name: []} for name in schema["properties"]]
        return right, ["", "[]", '{"no_such_member": 1}', *map(json.dumps, spoiled)]

    # --- requests ---------------------------------------------------------------------------------

    @staticmethod
    def target(path, values):
        """Values by (where they stand, name); lists become one parameter for each."""
        query = []
        for (place, name), value in values.items():
            if place == "path":
                path = path.replace(f"{{{name}}}", encode(value))
                continue
            for one in value if isinstance(value, list) else [value]:
                query.append(f"{encode(name)}={encode(one)}")
        return path + ("?" + "&".join(query) if query else "")

    def example(self, operation, known):
        """The target of a right request."""
        return next(self.calls(operation, known)).target

    def calls(self, operation, known):
        """Of one operation: each value of each parameter, the others being as they are by themselves;
        each body. `known`: values of parameters in paths, by name."""
        path, described = operation[1], self.operations[operation]
        parameters = described.get("parameters", [])
        needed = {("path", one["name"]): known[one["name"]] for one in parameters if one["in"] == "path"}
        right, wrong = self.bodies(described)
        for body in right:
            yield Call(operation, self.target(path, needed), True, body)
        for body in wrong:
            yield Call(operation, self.target(path, needed), False, body)
        for one in parameters:
            place = (one["in"], one["name"])
            for right, values in ((True, self.right_values), (False, self.wrong_values)):
                for value in values(one["schema"], known.get(one["name"])):
                    yield Call(operation, self.target(path, {**needed, place: value}), right)
        if "400" in described["responses"]:
            unknown = {("query", "no_such_parameter"): 1}
            target = self.target(path, {**needed, **unknown})
            yield Call(operation, target, False, "{}" if "requestBody" in described else None)

    # --- answers ----------------------------------------------------------------------------------

    def check_answer(self, operation, reply, what):
        """An answer that the description has: status, type, headers, content."""
        responses = self.operations[operation]["responses"]
        check(str(reply.status) in responses, f"{what}: status {reply.status} is not described")
        response = self.resolve(responses[str(reply.status)])
        kind = reply.headers["content-type"].partition(";")[0]
        check(kind in response["content"], f"{what}: {reply.status} with {kind} is not described")
        schema = response["content"][kind]["schema"]
        value = reply.json() if kind == "application/json" else reply.body.decode()
        self.validate(value, schema, what)
        for name, header in response.get("headers", {}).items():
            text = reply.headers.get(name.lower())
            check(text is not None or not header["required"], f"{what}: no {name}")
            if text is not None:
                self.validate(int(text), header["schema"], f"{what}: {name}")
        return reply.status
