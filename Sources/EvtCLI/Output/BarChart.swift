// Horizontal bars of characters, fine to an eighth of a column.

/// Draws shares as bars.
enum BarChart {
  private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  /// A bar of `share` (0...1) of `width` columns. What is not nothing shows as something.
  static func bar(_ share: Double, width: Int, ascii: Bool) -> String {
    guard share.isFinite, share > 0, width > 0 else { return "" }
    let share = min(share, 1)
    if ascii {
      return String(repeating: "#", count: max(1, Int((share * Double(width)).rounded())))
    }
    let parts = max(1, Int((share * Double(width) * 8).rounded()))
    return String(repeating: "█", count: parts / 8) + eighths[parts % 8]
  }
}
