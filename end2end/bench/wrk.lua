-- Prints what wrk found as one line of JSON; times in milliseconds.
done = function(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.write(string.format('{"rate":%.1f,"p50":%.3f,"p95":%.3f,"p99":%.3f,"failed":%d}\n', summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, failed))
end
