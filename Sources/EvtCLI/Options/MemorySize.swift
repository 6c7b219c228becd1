// Amounts of memory as people write them.

/// Reads `512M`, `2G`, `65536K` or a number of bytes.
enum MemorySize {
  /// The least that an ingest or a query can work with.
  static let leastBytes = 16 << 20

  /// The bytes that `text` means; units are powers of 1,024.
  /// - Throws: `UsageError`.
  static func parse(_ text: String, option: String) throws(UsageError) -> Int {
    var digits = Substring(text.uppercased())
    for suffix in ["IB", "B"] where digits.hasSuffix(suffix) { digits.removeLast(suffix.count) }
    var shift = 0
    if let unit = digits.last, let place = ["K", "M", "G", "T"].firstIndex(of: String(unit)) {
      shift = 10 * (place + 1)
      digits.removeLast()
    }
    guard let number = Int(digits), number >= 0,
      case let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift), !overflow
    else {
      throw UsageError("cannot read \(option) \"\(text)\" as a size", help: "write 512M or 2G")
    }
    guard bytes >= leastBytes else {
      throw UsageError("\(option) \(text) is too little", help: "16M is the least")
    }
    return bytes
  }
}
