// Sends JSON by HTTP with the system's curl, which knows TLS, proxies and certificates.

/// One POST request.
struct CurlRequest {
  var endpoint: AlertEndpoint
  /// JSON.
  var body: String

  /// What came of it.
  enum Outcome: Equatable {
    /// The other side answered 2xx.
    case delivered
    /// Why not, in words that hold no secret.
    case failed(String)
    /// There is no curl.
    case missing
  }

  /// How long curl may take beyond its own limit.
  private static let graceMillis = 2_000

  /// Sends the request and waits for the answer, in bounded time.
  func send() -> Outcome {
    let child = ChildProcess(
      program: "curl", arguments: ["--disable", "--config", "-"], environment: Self.environment,
      input: Array(config.utf8), deadlineMillis: endpoint.timeoutMillis + Self.graceMillis)
    switch child.run() {
    case .missing: return .missing
    case .failed(let number): return .failed("cannot run curl (error \(number))")
    case .killed: return .failed(timeout)
    case .exited(0, let output):
      let status = Int(String(decoding: output, as: UTF8.self)) ?? 0
      return (200..<300).contains(status) ? .delivered : .failed("HTTP status \(status)")
    case .exited(let code, _): return .failed(reason(code))
    }
  }

  private var timeout: String {
    "no answer within "
      + HumanNumber.duration(milliseconds: Double(endpoint.timeoutMillis))
  }

  /// The meaning of curl's exit status; its own words would show the address.
  private func reason(_ code: Int32) -> String {
    switch code {
    case 5: "cannot find the proxy"
    case 6: "cannot find the host"
    case 7: "cannot connect"
    case 28: timeout
    case 35, 51, 58, 59, 60, 66, 77, 80, 82, 83, 90, 91: "no trusted connection (TLS)"
    case 52, 56: "the connection broke off"
    default: "curl failed with status \(code)"
    }
  }

  /// The configuration that curl reads from standard input: nothing of it is seen by others.
  var config: String {
    let seconds = HumanNumber.fixed(Double(endpoint.timeoutMillis) / 1_000, decimals: 3)
    var lines = [
      "silent", "globoff", Self.option("proto", "=http,https"), Self.option("max-time", seconds),
      Self.option("output", "/dev/null"), Self.option("write-out", "%{http_code}"),
      Self.option("user-agent", "evt/\(Version.number)"), Self.option("request", "POST"),
      Self.option("header", "Content-Type: application/json"), Self.option("header", "Expect:"),
    ]
    lines += endpoint.headers.map { Self.option("header", "\($0.name): \($0.value)") }
    lines += Self.proxy(for: endpoint.url).map { Self.option($0.name, $0.value) }
    lines += [Self.option("data-binary", body), Self.option("url", endpoint.url.secret)]
    return lines.joined(separator: "\n") + "\n"
  }

  /// A line of curl's configuration. In quotes a backslash escapes itself, quotes and line ends.
  static func option(_ name: String, _ value: String) -> String {
    var quoted = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": quoted += "\\\\"
      case "\"": quoted += "\\\""
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return "\(name) = \"\(quoted)\""
  }

  /// Where programs and certificates are; nothing else of our environment is curl's business.
  private static var environment: [(name: String, value: String)] {
    ["PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"].map { ($0, Environment.text($0)) }
      .filter { !$0.1.isEmpty }
  }

  /// The proxy of the environment, as curl would choose it. Its address may hold a password.
  private static func proxy(for url: EndpointURL) -> [(name: String, value: String)] {
    let own =
      url.shown.hasPrefix("https:") ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
    func first(_ names: [String]) -> String? {
      names.map(Environment.text).first { !$0.isEmpty }
    }
    guard let proxy = first(own + ["all_proxy", "ALL_PROXY"]) else { return [] }
    let except = first(["no_proxy", "NO_PROXY"]).map { [(name: "noproxy", value: $0)] }
    return [(name: "proxy", value: proxy)] + (except ?? [])
  }
}
