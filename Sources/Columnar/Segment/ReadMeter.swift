// What reading segments costs, counted a block at a time.

import Synchronization

/// Counts what is read of numbered segments. Safe for several threads.
public final class ReadMeter: Sendable {
  /// What was read so far.
  public struct Counts: Sendable {
    /// Segments of which a block was read.
    public var segmentsRead = 0
    /// Segments of which the metadata was enough.
    public var segmentsAnswered = 0
    /// Blocks of columns.
    public var blocks = 0
    /// Rows of which a column was read.
    public var rows = 0
    /// Bytes as stored, footers and dictionaries included.
    public var bytes = 0
    /// When the first block was read, and when a segment was last left with a block of it read.
    public var begin: ContinuousClock.Instant?
    public var end: ContinuousClock.Instant?

    /// Nothing was read.
    public init() {}
  }

  private struct State {
    var counts = Counts()
    /// The blocks read by segment.
    var blocks: [Int: Set<Int>] = [:]
    var answered: Set<Int> = []
  }

  private let state = Mutex(State())

  /// Creates a meter that has counted nothing.
  public init() {}

  /// What was counted.
  public var counts: Counts {
    state.withLock { state in
      var counts = state.counts
      counts.segmentsRead = state.blocks.count
      counts.segmentsAnswered = state.answered.subtracting(state.blocks.keys).count
      return counts
    }
  }

  /// Counts bytes that were read.
  func noteRead(bytes: Int) { state.withLock { $0.counts.bytes += bytes } }

  /// Counts a block of a column of `segment`, which has so many rows.
  func noteBlock(_ block: Int, rows: Int, segment: Int) {
    state.withLock { state in
      state.counts.blocks += 1
      if state.counts.begin == nil { state.counts.begin = .now }
      if state.blocks[segment, default: []].insert(block).inserted { state.counts.rows += rows }
    }
  }

  /// Notes that `segment` needs no reading.
  public func noteAnswered(segment: Int) {
    state.withLock { _ = $0.answered.insert(segment) }
  }

  /// Notes that a segment was left.
  public func noteLeft() {
    state.withLock { if $0.counts.begin != nil { $0.counts.end = .now } }
  }
}
