const settings = JSON.parse("{}");
settings.server.listen(Number(process.env.PORT));
