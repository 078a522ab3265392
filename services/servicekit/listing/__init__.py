"""What every List method does alike: filters and orders of named fields, pages, totals.

`syntax` reads the two texts of a request, `fields` gives the words in them their values, `table`
makes SQL of them, and `page_tokens` binds a page to the list that it is of.
"""
