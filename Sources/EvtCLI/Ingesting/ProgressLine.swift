// How far an ingest has come, on a terminal.

import Glibc
import Ingest

/// One line on standard error that is drawn over and erased at the end. It appears after a second,
/// ten times a second at most, and only where a person is watching.
final class ProgressLine {
  private let isActive: Bool
  private let style: TerminalStyle
  private let clock = Stopwatch()
  private var lastDrawn = 0
  private var isDrawn = false

  private static let delayMillis = 1_000
  private static let intervalMillis = 100

  private static let barColumns = 20

  init(_ global: GlobalOptions) {
    isActive = !global.quiet && isatty(STDERR_FILENO) == 1 && Environment.text("TERM") != "dumb"
    style = TerminalStyle(descriptor: STDERR_FILENO, color: global.color, ascii: global.ascii)
  }

  /// Draws the line, if it is time to.
  func show(_ progress: IngestProgress) {
    guard isActive else { return }
    let elapsed = clock.milliseconds
    guard elapsed >= Self.delayMillis, elapsed - lastDrawn >= Self.intervalMillis else { return }
    lastDrawn = elapsed
    isDrawn = true
    draw(
      Self.line(
        progress, elapsedMillis: elapsed, width: style.width ?? 80, ascii: style.isASCII))
  }

  /// Takes the line away.
  func erase() {
    guard isDrawn else { return }
    isDrawn = false
    draw("")
  }

  /// The text behind a bar, if it is known how much there is to read and both fit into `width`
  /// columns; else as much of the text as fits.
  static func line(
    _ progress: IngestProgress, elapsedMillis: Int, width: Int, ascii: Bool
  ) -> String {
    let text = Self.text(progress, elapsedMillis: elapsedMillis)
    // A character in the last column would wrap on some terminals.
    let room = max(width - 1, 0)
    guard let total = progress.totalBytes, total > 0, room >= barColumns + 1 + text.count else {
      return String(text.prefix(room))
    }
    let share = Double(progress.bytesRead) / Double(total)
    let bar = BarChart.bar(share, width: barColumns, ascii: ascii)
    let rest = String(repeating: ascii ? "." : "░", count: max(barColumns - bar.count, 0))
    return "\(bar)\(rest) \(text)"
  }

  /// "1,234,567 events, 0.4 of 1.8 GB, 612,000 events/s, 3s left".
  static func text(_ progress: IngestProgress, elapsedMillis: Int) -> String {
    let rate = progress.rows * 1000 / max(elapsedMillis, 1)
    var parts = ["\(HumanNumber.count(progress.rows)) events"]
    let read = HumanNumber.bytes(Int64(clamping: progress.bytesRead))
    if let total = progress.totalBytes, total > 0 {
      parts.append("\(read) of \(HumanNumber.bytes(Int64(clamping: total)))")
    } else {
      parts.append(read)
    }
    parts.append("\(HumanNumber.count(rate)) events/s")
    if let total = progress.totalBytes, progress.bytesRead > 0, progress.bytesRead <= total {
      let left = Double(total - progress.bytesRead) / Double(progress.bytesRead)
      parts.append(
        HumanNumber.duration(milliseconds: (left * Double(elapsedMillis) / 1000).rounded() * 1000)
          + " left")
    }
    return parts.joined(separator: ", ")
  }

  private func draw(_ text: String) {
    var buffer = OutputBuffer(descriptor: STDERR_FILENO)
    buffer.append("\r\u{1B}[K")
    buffer.append(text)
    buffer.flush()
  }
}
