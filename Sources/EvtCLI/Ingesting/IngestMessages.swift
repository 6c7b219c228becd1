// What an ingest says on standard error.

import EvtCore
import Glibc
import Ingest
import Store

/// The messages of an ingest: bad lines always, the summary for people only, so that cron mails
/// nothing but news.
struct IngestMessages {
  var outcome: IngestOutcome
  /// The fields of `--dedupe-key`.
  var dedupeKey: String?
  var global: GlobalOptions

  /// Writes them.
  func write() {
    guard !global.quiet else { return }
    Self.writeRejects(outcome.report, path: outcome.rejectPath)
    global.warn(outcome.report.warnings)
    global.warn(keyless)
    global.warn(expired)
    let notes = outcome.report.notes
    if global.isTalkative {
      StandardError.write(notes.map { SafeText.escaped($0) })
    } else {
      global.warn(notes.filter { $0.hasPrefix("left out") })
    }
    if global.isTalkative { StandardError.write([SafeText.escaped(summary)]) }
  }

  /// Says what became of dumps that were read for one question: bad lines always, the rest for
  /// people only.
  static func write(_ report: IngestReport, _ commit: CommitSummary, _ global: GlobalOptions) {
    guard !global.quiet else { return }
    writeRejects(report, path: nil)
    guard global.isTalkative else { return }
    let parts =
      ["read \(HumanNumber.plural(Int(clamping: commit.rows), "event"))"]
      + duplicates(commit)
      + [HumanNumber.bytes(Int64(clamping: report.inputBytes))]
    // What was read before was so a moment ago, and there is nothing to load again.
    let notes = report.notes.map { $0.replacing(" (--force loads it again)", with: "") }
    StandardError.write((notes + [parts.joined(separator: ", ")]).map(SafeText.escaped))
  }

  /// How many events were left out because they were there already.
  private static func duplicates(_ commit: CommitSummary?) -> [String] {
    guard let duplicates = commit?.duplicates, duplicates > 0 else { return [] }
    return ["\(HumanNumber.plural(Int(clamping: duplicates), "duplicate")) left out"]
  }

  /// A key that no event has may be a misspelt one, and then nothing was compared.
  private var keyless: [String] {
    guard let dedupeKey, let commit = outcome.commit, commit.rows > 0, !commit.hasKeys else {
      return []
    }
    return [
      "--dedupe-key \(dedupeKey): no event has a value in every field of it, so none was compared;"
        + " paths are whole, as in properties.order"
    ]
  }

  /// What became of events whose day has expired.
  private var expired: [String] {
    guard outcome.expired > 0, let watermark = outcome.retainWatermark else { return [] }
    let verb = outcome.commit == nil ? "would be" : outcome.expired == 1 ? "was" : "were"
    return [
      "\(HumanNumber.plural(Int(clamping: outcome.expired), "event")) from before"
        + " \(watermark.description) \(verb) left out: evt retain has removed those days"
    ]
  }

  private var summary: String {
    let report = outcome.report
    let place = "\(outcome.store) is at generation \(outcome.generation ?? 0)"
    if report.files == 0 {
      let parts = [
        "nothing new: \(HumanNumber.plural(report.skippedFiles, "input")) skipped",
        "\(report.failedFiles) left out",
      ]
      return (parts + takenBack).joined(separator: ", ") + "; \(place)"
    }
    let inputs = HumanNumber.plural(report.files, "input")
    var parts = ["\(HumanNumber.plural(outcome.storedRows, "event")) from \(inputs)"]
    parts += Self.duplicates(outcome.commit)
    if report.skippedFiles > 0 { parts.append("\(report.skippedFiles) skipped") }
    if report.failedFiles > 0 { parts.append("\(report.failedFiles) left out") }
    if report.duplicateKeys > 0 {
      parts.append(
        "\(HumanNumber.count(report.duplicateKeys)) repeated keys (the last value counts)")
    }
    guard let commit = outcome.commit else {
      return parts.joined(separator: ", ") + "; dry run: nothing was stored"
    }
    let input = HumanNumber.bytes(Int64(clamping: report.inputBytes))
    let output = HumanNumber.bytes(Int64(clamping: commit.storedBytes))
    parts.append("\(input) -> \(output) in \(HumanNumber.plural(commit.segments, "segment"))")
    return (parts + takenBack).joined(separator: ", ") + "; \(place)"
      + (commit.run.map { " (run \($0))" } ?? "")
  }

  /// What the replaced input had.
  private var takenBack: [String] {
    guard let rows = outcome.commit?.replacedRows, rows > 0 else { return [] }
    return ["\(HumanNumber.plural(Int(clamping: rows), "event")) taken back"]
  }

  /// The first bad lines in full, then their number by reason, then where they are kept.
  static func writeRejects(_ report: IngestReport, path: String?) {
    guard report.rejected > 0 else { return }
    var lines = report.firstRejects.map { "evt: warning: \($0.description)" }
    if report.rejected > report.firstRejects.count {
      let reasons = report.rejectsByReason.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\(HumanNumber.count($0.value)) x \($0.key)" }
      lines.append(
        "evt: warning: \(HumanNumber.count(report.rejected)) lines rejected: "
          + reasons.joined(separator: "; "))
    }
    if let path { lines.append("  help: the rejected lines are kept in \(path)") }
    StandardError.write(lines.map { SafeText.escaped($0) })
  }
}

extension GlobalOptions {
  /// Whether summaries are wanted: with -v, or where a person is watching.
  var isTalkative: Bool { verbose || (!quiet && isatty(STDERR_FILENO) == 1) }
}
