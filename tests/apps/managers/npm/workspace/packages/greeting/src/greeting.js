export const greeting = (name) => {
  return `Hello from ${name}`;
};
