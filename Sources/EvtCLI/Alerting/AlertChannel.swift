// Where notices go.

/// Somebody who can be told.
struct AlertChannel {
  /// How the channel takes a notice.
  enum Kind: String, CaseIterable {
    /// A line on standard output.
    case stdout
    /// JSON by HTTP.
    case webhook
    /// A text in the shape that Slack and its like take, by HTTP.
    case slack
  }

  var name: String
  var kind: Kind
  /// Where to send to; nil for standard output.
  var endpoint: AlertEndpoint?

  /// The channel that is always there.
  static let standardOutput = AlertChannel(name: Kind.stdout.rawValue, kind: .stdout)
}

/// Where and how to send by HTTP.
struct AlertEndpoint {
  var url: EndpointURL
  var headers: [(name: String, value: String)] = []
  /// After which the other side has failed to answer.
  var timeoutMillis = 10_000
}
