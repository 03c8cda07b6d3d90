"""The reference pages of the documents, made from the code that they are about."""
