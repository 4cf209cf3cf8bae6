#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

// Union by size with path halving: nearly constant time per operation.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : parent_(count), size_(count, 1) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }

  std::size_t find(std::size_t element) {
    while (parent_[element] != element) {
      parent_[element] = parent_[parent_[element]];
      element = parent_[element];
    }
    return element;
  }

  // Returns false where both were in one set already.
  bool unite(std::size_t a, std::size_t b) {
    a = find(a);
    b = find(b);
    if (a == b) return false;
    if (size_[a] < size_[b]) std::swap(a, b);
    parent_[b] = a;
    size_[a] += size_[b];
    return true;
  }

 private:
  std::vector<std::size_t> parent_;
  std::vector<std::size_t> size_;
};

// Number of connected groups among `count` islands after building the bridges.
std::size_t groups(std::size_t count, const std::vector<std::pair<std::size_t, std::size_t>>& bridges) {
  DisjointSets islands(count);
  std::size_t remaining = count;
  for (const auto& [a, b] : bridges) {
    if (islands.unite(a, b)) --remaining;
  }
  return remaining;
}
