// What Google's font service would answer for the fonts that create-next-app names: faces of a font that the host has.
const families = ['Geist', 'Geist+Mono']

function sheet(family) {
  const name = family.replace('+', ' ')
  return `@font-face {
  font-family: '${name}';
  font-style: normal;
  font-weight: 100 900;
  font-display: swap;
  src: local('Arial');
}
`
}

module.exports = Object.fromEntries(
  families.map((family) => [
    `https://fonts.googleapis.com/css2?family=${family}:wght@100..900&display=swap`,
    sheet(family),
  ]),
)
