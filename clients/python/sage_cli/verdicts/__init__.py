"""A verdict as text, JSON, JUnit XML, SARIF, and as a certificate to print."""
