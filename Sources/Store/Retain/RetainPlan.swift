// Which days a retain removes, and whether it may.

import Columnar
import EvtCore

/// What a retain removes and what it keeps, worked out from the catalogue alone.
public struct RetainPlan: Hashable, Sendable {
  /// What is removed of one day.
  public struct Day: Hashable, Sendable {
    public var day: UTCDay
    public var rows: UInt64 = 0
    public var segments = 0
    public var bytes: UInt64 = 0
  }

  /// Whether the removal looks like what was meant.
  public enum Verdict: Sendable {
    case usual
    /// More than a fifth of the rows, which the first retain of a store may well have to remove.
    case muchAtFirst
    /// More than a fifth of the rows, although another retain came before.
    case tooMuch
    /// Everything there is: a clock that is wrong, or an old dump.
    case everything

    /// Whether nothing may be removed.
    public var isRefusal: Bool { self == .tooMuch || self == .everything }
  }

  /// The first day that is kept.
  public let cutoff: UTCDay
  /// The days that are removed, ascending.
  public let days: [Day]
  public let remainingRows: UInt64
  /// The first day with rows that are kept, nil when none are.
  public let oldestDay: UTCDay?
  /// The first day of which the store will take events from now on, and up to now.
  public let watermark: UTCDay
  public let previousWatermark: UTCDay?
  /// The removed days of which a rollup stays, ascending.
  public let rolledUpDays: [UTCDay]
  /// The rollups that go, by day: those that have expired, and those of days that are let in again,
  /// whose events would be counted twice.
  public let removedRollups: [StoredRollup]
  public let verdict: Verdict

  /// A removal may take this part of the rows without being asked twice.
  private static let usualShare: UInt64 = 5

  init(_ catalogue: Catalogue, _ request: RetainRequest) {
    let cutoff = request.cutoff
    var days: [Day] = []
    var remaining: UInt64 = 0
    // Segments are in the order of days.
    for segment in catalogue.segments {
      let summary = segment.summary
      guard summary.day < cutoff else {
        remaining += summary.rowCount
        continue
      }
      if days.last?.day != summary.day { days.append(Day(day: summary.day)) }
      days[days.count - 1].rows += summary.rowCount
      days[days.count - 1].segments += 1
      days[days.count - 1].bytes &+= summary.fileBytes
    }
    self.cutoff = cutoff
    self.days = days
    remainingRows = remaining
    oldestDay = catalogue.segments.lazy.map(\.summary.day).first { $0 >= cutoff }
    previousWatermark = catalogue.retention?.watermark
    watermark = request.isForced ? cutoff : max(cutoff, previousWatermark ?? cutoff)
    let watermark = watermark
    let rollupCutoff = request.rollupCutoff
    rolledUpDays = days.map(\.day).filter { day in rollupCutoff.map { day >= $0 } ?? false }
    removedRollups = catalogue.rollups.filter { rollup in
      let day = rollup.summary.day
      return day >= watermark || rollupCutoff.map { day < $0 } ?? false
    }
    let removed = days.reduce(0) { $0 + $1.rows }
    if request.isForced || removed <= (removed + remaining) / Self.usualShare {
      verdict = .usual
    } else if remaining == 0 {
      verdict = .everything
    } else {
      verdict = previousWatermark == nil ? .muchAtFirst : .tooMuch
    }
  }

  /// The number of removed rows, segments and bytes over all days.
  public var rows: UInt64 { days.reduce(0) { $0 + $1.rows } }
  public var segments: Int { days.reduce(0) { $0 + $1.segments } }
  public var bytes: UInt64 { days.reduce(0) { $0 &+ $1.bytes } }

  /// Whether there is anything to commit.
  var isNeeded: Bool {
    !days.isEmpty || watermark != previousWatermark || !removedRollups.isEmpty
  }

  /// Takes what has expired out of the generation that is to come, with the rows by event.
  func apply(to next: inout Catalogue, removing events: [SegmentSummary.Event]) {
    next.segments.removeAll { $0.summary.day < cutoff }
    let removed = Set(removedRollups.map(\.id))
    next.rollups.removeAll { removed.contains($0.id) }
    next.names.remove(events: events)
    next.retention = Retention(watermark: watermark, generation: next.generation)
  }
}
