"""The REST API as an OpenAPI 3.1 document and as a page, both written from the contract."""
