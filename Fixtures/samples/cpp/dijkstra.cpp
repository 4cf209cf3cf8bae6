#include <cstdint>
#include <functional>
#include <limits>
#include <queue>
#include <utility>
#include <vector>

struct Edge {
  int to;
  std::uint32_t weight;
};

using Graph = std::vector<std::vector<Edge>>;

constexpr std::uint64_t kUnreachable = std::numeric_limits<std::uint64_t>::max();

// Shortest distances from one vertex to all others. Stale entries stay in the queue and are skipped when they
// surface, which is simpler than decreasing keys and just as fast in practice.
std::vector<std::uint64_t> shortest_paths(const Graph& graph, int source) {
  std::vector<std::uint64_t> distance(graph.size(), kUnreachable);
  using Entry = std::pair<std::uint64_t, int>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;

  distance[source] = 0;
  queue.emplace(0, source);
  while (!queue.empty()) {
    const auto [reached, vertex] = queue.top();
    queue.pop();
    if (reached > distance[vertex]) continue;
    for (const Edge& edge : graph[vertex]) {
      const std::uint64_t through = reached + edge.weight;
      if (through < distance[edge.to]) {
        distance[edge.to] = through;
        queue.emplace(through, edge.to);
      }
    }
  }
  return distance;
}
