import assert from "node:assert/strict";
import { resourcesOf } from "../support/workload.ts";

const template = `apiVersion: template.openshift.io/v1
kind: Template
metadata: { name: rentals }
objects:
  - apiVersion: apps/v1
    kind: StatefulSet
    metadata: { name: "\${NAME}-db", labels: { of: "\${SUFFIX}" } }
    spec:
      replicas: \${{MEMBERS}}
      template:
        spec:
          hostNetwork: \${{ON_HOST}}
          containers: [{ name: server, image: "\${REGISTRY}/postgres:\${TAG}" }]
  - { apiVersion: v1, kind: Secret, metadata: { name: plain } }
parameters:
  - { name: NAME, value: rentals }
  - { name: MEMBERS, value: "3" }
  - { name: ON_HOST, value: "true" }
  - { name: REGISTRY, value: docker.io/library }
  - { name: TAG, value: 17 }
  - { name: SUFFIX, generate: expression, from: "[a-z]{8}", value: "" }
`;

describe("objects of an OpenShift Template", () => {
  const [set, secret] = resourcesOf(template);

  it("have the values of their parameters", () => {
    assert.equal(set?.name, "rentals-db");
    assert.equal(set?.workload?.replicas.value, 3);
    assert.equal(set?.node.boolean("spec", "template", "spec", "hostNetwork"), true);
    assert.equal(set?.workload?.containers[0]?.image?.text, "docker.io/library/postgres:17");
    assert.equal(secret?.name, "plain");
  });

  it("keep what is generated as it is written", () => assert.equal(set?.labels.of, "\u0024{SUFFIX}"));

  it("stand where they are written", () => {
    const image = set?.node.nearest("spec", "template", "spec", "containers", 0, "image");
    assert.equal(image?.file.slice(image.span), '"\u0024{REGISTRY}/postgres:\u0024{TAG}"');
  });
});
