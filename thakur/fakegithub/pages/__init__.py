"""What a person sees of the stand-in: plain pages without scripts, each under the banner that says it is simulated."""
