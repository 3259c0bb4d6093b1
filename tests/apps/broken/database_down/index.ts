import { connect } from "node:net";

connect({ host: "127.0.0.1", port: 5499 }, () => console.log("connected"));
