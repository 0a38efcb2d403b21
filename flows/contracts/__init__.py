"""The contracts in Python: record types (generated), their Avro codec (fastavro), topics, schema ids.

Import the module that is needed: `records` and `topics` are light, `codec` brings fastavro.
"""
