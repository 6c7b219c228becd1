// Hands notices to their channels, in bounded time.

import Analytics

/// The channels during one run. A channel that failed is not asked again in it.
struct AlertDelivery {
  let channels: [String: AlertChannel]
  /// Whether notices for standard output are printed; else the command's answer stands for them.
  let printsNotices: Bool
  /// By channel: why it failed, and how many notices it did not take.
  private(set) var failures: [String: (reason: String, notices: Int)] = [:]
  /// Whether a notice was printed.
  private(set) var hasPrinted = false
  /// Whether there is no curl to send with.
  private(set) var lacksCurl = false

  init(_ channels: [String: AlertChannel], printsNotices: Bool) {
    self.channels = channels
    self.printsNotices = printsNotices
  }

  /// Delivers `notice`.
  /// - Returns: whether the channel took it.
  /// - Throws: `OutputError` when standard output does not take it.
  mutating func deliver(_ notice: AlertNotice, _ message: AlertMessage) throws -> Bool {
    guard let channel = channels[notice.channel] else { return false }
    guard let endpoint = channel.endpoint else {
      if printsNotices {
        try StandardOutput.write(SafeText.escaped(message.line(notice)) + "\n")
        hasPrinted = true
      }
      return true
    }
    if failures[channel.name] == nil {
      let request = CurlRequest(
        endpoint: endpoint, body: message.payload(notice, for: channel.kind).text)
      switch request.send() {
      case .delivered: return true
      case .failed(let reason):
        failures[channel.name] = ("\(endpoint.url.shown): \(reason)", 0)
      case .missing:
        lacksCurl = true
        failures[channel.name] = ("curl is not installed", 0)
      }
    }
    failures[channel.name]?.notices += 1
    return false
  }

  /// What to say of channels that failed.
  var complaints: [String] {
    var lines = failures.sorted { $0.key < $1.key }.map { name, failure in
      "evt: error: channel \(name): \(failure.reason); "
        + HumanNumber.plural(failure.notices, "notice") + " will be tried again by the next run"
    }
    if lacksCurl { lines.append("  help: install curl, such as with apt-get install curl") }
    return lines.map(SafeText.escaped)
  }
}
