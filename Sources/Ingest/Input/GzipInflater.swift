// Inflates gzip as a stream, member by member.

import CZlib
import EvtCore

/// Inflates the bytes of a gzip file: any number of members, each checked by its own CRC and
/// length.
///
/// A truncated, corrupt or lengthened file is an error, and so is one that inflates beyond all
/// reason (see `Limits`).
final class GzipInflater {
  /// What a step brought.
  enum Step {
    /// Bytes were written, or read without writing any.
    case progress(taken: Int, written: Int)
    /// A member ended after these.
    case memberEnd(taken: Int, written: Int)
  }

  private let name: String
  private let outputBytesMax: UInt64
  /// At a fixed address, because zlib remembers it.
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var written: UInt64 = 0
  private var taken: UInt64 = 0
  // Where the window began over which the ratio is watched.
  private var windowWritten: UInt64 = 0
  private var windowTaken: UInt64 = 0

  /// 15 bits of window, and 16 for gzip headers and trailers instead of zlib's.
  private static let windowBits: Int32 = 15 + 16

  init(name: String, outputBytesMax: UInt64 = Limits.gzipOutputBytesMax) throws {
    self.name = name
    self.outputBytesMax = outputBytesMax
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, size) == Z_OK else {
      stream.deallocate()
      throw IngestError(.readFailed, "\(name): no memory to inflate it")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Begins the next member.
  func startMember() { inflateReset(stream) }

  /// Inflates from `source` to `target`.
  /// - Throws: `IngestError` of kind `.badInput` for damage or a suspected bomb.
  func inflate(
    _ source: UnsafeMutablePointer<UInt8>, _ sourceCount: Int,
    into target: UnsafeMutablePointer<UInt8>, _ targetCount: Int
  ) throws -> Step {
    stream.pointee.next_in = source
    stream.pointee.avail_in = uInt(min(sourceCount, Int(Int32.max)))
    stream.pointee.next_out = target
    stream.pointee.avail_out = uInt(min(targetCount, Int(Int32.max)))
    let (givenIn, givenOut) = (stream.pointee.avail_in, stream.pointee.avail_out)
    let code = CZlib.inflate(stream, Z_NO_FLUSH)
    let taken = Int(givenIn - stream.pointee.avail_in)
    let written = Int(givenOut - stream.pointee.avail_out)
    self.taken += UInt64(taken)
    self.written += UInt64(written)
    try checkSize()
    switch code {
    case Z_OK, Z_BUF_ERROR: return .progress(taken: taken, written: written)
    case Z_STREAM_END: return .memberEnd(taken: taken, written: written)
    default: throw damage(stream.pointee.msg.map { String(cString: $0) } ?? "invalid data")
    }
  }

  /// The error for damage at the place reached.
  func damage(_ what: String) -> IngestError {
    IngestError(
      .badInput,
      "\(name): damaged gzip data at byte \(taken): \(what); get an intact copy, or leave it out "
        + "with --keep-going")
  }

  private func checkSize() throws {
    if written > outputBytesMax {
      throw IngestError(
        .badInput,
        "\(name): inflates to more than \(outputBytesMax >> 30) GiB; if that is right, "
          + "use: gzip -dc | evt ingest -")
    }
    let windowBytes = written - windowWritten
    guard windowBytes >= Limits.gzipRatioWindowBytes else { return }
    if windowBytes / max(taken - windowTaken, 1) >= Limits.gzipRatioMax {
      throw IngestError(
        .badInput,
        "\(name): inflates by more than \(Limits.gzipRatioMax) : 1 over "
          + "\(Limits.gzipRatioWindowBytes >> 20) MiB, like a gzip bomb; if that is right, "
          + "use: gzip -dc | evt ingest -")
    }
    windowWritten = written
    windowTaken = taken
  }
}
