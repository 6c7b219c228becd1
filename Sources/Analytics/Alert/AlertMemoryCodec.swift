// What alerts remember as bytes; the store puts a frame with a checksum around them.
//
//     memory  = list of rule, ascending by id
//     rule    = id:text  since:optional  until:optional  list of channel, ascending by name
//     channel = name:text  told:zigzag  believes:optional
//     optional = flag, and if it is 1, a zigzag
//
// Times are nanoseconds since 1970. The notation is that of evt-format(5).

import EvtCore

extension AlertMemory {
  /// The bytes of this memory; equal memories give equal bytes.
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.appendVarint(UInt64(entries.count))
    for (id, entry) in entries.sorted(by: { $0.key < $1.key }) {
      writer.appendText(id)
      writer.append(optional: entry.since)
      writer.append(optional: entry.until)
      writer.appendVarint(UInt64(entry.channels.count))
      for (name, channel) in entry.channels.sorted(by: { $0.key < $1.key }) {
        writer.appendText(name)
        writer.appendZigzag(channel.told)
        writer.append(optional: channel.believes)
      }
    }
    return writer.bytes
  }

  /// Reads what `encoded` gave.
  /// - Throws: `MalformedBytes`.
  public init(decoding bytes: [UInt8]) throws(MalformedBytes) {
    let result = bytes.withUnsafeBytes { raw -> Result<AlertMemory, MalformedBytes> in
      var reader = ByteReader(raw)
      do throws(MalformedBytes) {
        var memory = AlertMemory()
        memory.entries = try reader.readNamed { reader throws(MalformedBytes) in
          try Entry(&reader)
        }
        guard reader.remaining == 0 else { throw reader.malformed("bytes are left over") }
        return .success(memory)
      } catch { return .failure(error) }
    }
    self = try result.get()
  }
}

extension AlertMemory.Entry {
  fileprivate init(_ reader: inout ByteReader) throws(MalformedBytes) {
    since = try reader.readOptional()
    until = try reader.readOptional()
    channels = try reader.readNamed { reader throws(MalformedBytes) in
      AlertMemory.Channel(told: try reader.readZigzag(), believes: try reader.readOptional())
    }
  }
}

extension ByteWriter {
  fileprivate mutating func append(optional value: Int64?) {
    append(value == nil ? 0 as UInt8 : 1)
    if let value { appendZigzag(value) }
  }
}

extension ByteReader {
  fileprivate mutating func readOptional() throws(MalformedBytes) -> Int64? {
    switch try read(UInt8.self) {
    case 0: return nil
    case 1: return try readZigzag()
    default: throw malformed("a flag is neither 0 nor 1")
    }
  }

  /// Reads a list of elements under names that ascend.
  fileprivate mutating func readNamed<Element>(
    _ element: (inout ByteReader) throws(MalformedBytes) -> Element
  ) throws(MalformedBytes) -> [String: Element] {
    let count = try readCount("number of elements", atMost: remaining)
    var elements: [String: Element] = [:]
    var last: String?
    for _ in 0..<count {
      let name = try readText(atMost: remaining)
      if let last, name <= last { throw malformed("its names do not ascend") }
      last = name
      elements[name] = try element(&self)
    }
    return elements
  }
}
