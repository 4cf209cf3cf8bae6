import Foundation

/// The control groups of this process that limit its memory, of both versions: a container, a batch job, a service. The
/// limits of all ancestors apply, so the tightest determines the available memory.
struct ControlGroups {
  /// A group with a limit.
  struct Group: Equatable {
    /// Limit in bytes for all processes of the group.
    let limit: Int
    /// Bytes in use that cannot be reclaimed at once: inactive pages of files are excluded.
    let used: Int
  }

  /// Groups from the innermost outwards, version 2 before version 1.
  let groups: [Group]

  /// - Parameter root: the folder to use as `/`.
  init(root: URL) {
    func text(_ path: String) -> String? { try? String(contentsOf: root.appending(path: path), encoding: .utf8) }
    let places = Self.places(of: text("/proc/self/cgroup") ?? "")
    let mounts = Self.mounts(text("/proc/self/mountinfo") ?? "")
    groups = Version.allCases.flatMap { version -> [Group] in
      let mount = mounts.first { $0.version == version } ?? version.usualMount
      let names = version.files
      return mount.folders(for: places[version] ?? "/").compactMap { folder in
        func number(_ file: String) -> Int? {
          text("\(folder)/\(file)").flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        guard let limit = names.limits.compactMap(number).min(), let used = number(names.used) else { return nil }
        let idle = text("\(folder)/memory.stat").flatMap { Self.value(names.idle, in: $0) } ?? 0
        return Group(limit: limit, used: max(0, used - idle))
      }
    }
  }

  private enum Version: CaseIterable {
    case second
    case first

    /// The value "max" is not a number and means no limit; version 1 uses a very large number instead.
    var files: (limits: [String], used: String, idle: String) {
      switch self {
      case .second: (["memory.max", "memory.high"], "memory.current", "inactive_file")
      case .first: (["memory.limit_in_bytes"], "memory.usage_in_bytes", "total_inactive_file")
      }
    }

    var usualMount: Mount {
      Mount(version: self, root: "/", point: self == .second ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory")
    }
  }

  /// A mount point of a hierarchy of groups.
  private struct Mount {
    let version: Version
    /// The group at the root of the mount.
    let root: String
    let point: String

    /// Returns the folders of a group and of its ancestors, innermost first, as far as the mount exposes them.
    func folders(for group: String) -> [String] {
      let top = root == "/" ? "" : root
      var names: [Substring] = []
      // The group is outside the mount, as in a container without its own view: the root of the mount is the group.
      if group.hasPrefix(top + "/") { names = group.dropFirst(top.count).split(separator: "/") }
      if names.contains("..") { names = [] }
      return (0...names.count).reversed().map { ([Substring(point)] + names.prefix($0)).joined(separator: "/") }
    }
  }

  /// Parses lines such as `0::/a/b` (version 2) and `9:memory:/a/b` (version 1).
  private static func places(of text: String) -> [Version: String] {
    var places: [Version: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if parts[0] == "0", parts[1].isEmpty { places[.second] = String(parts[2]) }
      if parts[1].split(separator: ",").contains("memory") { places[.first] = String(parts[2]) }
    }
    return places
  }

  /// Parses lines such as `31 23 0:26 /root /point rw,nosuid shared:4 - cgroup2 cgroup2 rw,memory`; proc(5).
  private static func mounts(_ text: String) -> [Mount] {
    text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { return nil }
      let version: Version
      switch fields[dash + 1] {
      case "cgroup2": version = .second
      case "cgroup" where fields[dash + 3].split(separator: ",").contains("memory"): version = .first
      default: return nil
      }
      return Mount(version: version, root: unescaped(fields[3]), point: unescaped(fields[4]))
    }
  }

  /// Decodes a path, in which a space is written `\040`.
  private static func unescaped(_ path: Substring) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")].reduce(String(path)) {
      $0.replacing($1.0, with: $1.1)
    }
  }

  /// Returns the value of a line such as `inactive_file 123`.
  private static func value(_ name: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ")
      if parts.count == 2, parts[0] == name { return Int(parts[1]) }
    }
    return nil
  }
}
