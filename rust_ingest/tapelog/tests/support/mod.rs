//! librdkafka's own mock broker.

use contracts::TOPICS;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

/// A broker with all topics. It ends with what is returned.
pub fn cluster() -> MockCluster<'static, DefaultProducerContext> {
    let cluster = MockCluster::new(1).unwrap();
    for topic in &TOPICS {
        cluster.create_topic(topic.name, topic.partitions as i32, 1).unwrap();
    }
    cluster
}
