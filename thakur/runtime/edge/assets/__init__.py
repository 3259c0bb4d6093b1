"""Assets of earlier deployments: an open tab goes on asking for the scripts of the page that it has.

Files that are named by their content are linked into `artifacts/PROJECT/.assets/ENVIRONMENT` before their deployment loses
its hosts, and stay for seven days, whatever becomes of the artifact. The workers look there for what the deployment in
force does not have.
"""
