// Shows the API's document for reading.
Redoc.init("/api/v1/openapi.json", { hideDownloadButton: false, disableSearch: false, disableTelemetry: true }, document.getElementById("api"));
