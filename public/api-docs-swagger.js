// Shows the API's document so that calls can be tried.
SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#api", deepLinking: true, displayRequestDuration: true, validatorUrl: null });
