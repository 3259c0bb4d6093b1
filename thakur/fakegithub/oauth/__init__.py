"""A person lets an App act for them: the pages that ask, the codes and tokens that follow, and their end."""
