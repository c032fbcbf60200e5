/** What a new rule begins with: one text for each kind of document. */

export const templateNames = {
  detection: 'Detection',
  correlation: 'Correlation',
  new_terms: 'New terms',
  filter: 'Filter',
} as const;
export type TemplateName = keyof typeof templateNames;

const head = (title: string, id: string, author: string, day: string) => `title: ${title}
id: ${id}
status: experimental
description: ''
author: ${JSON.stringify(author)}
date: ${day}
`;

/** `id`: a UUID that is new. */
export function templateOf(name: TemplateName, id: string, author: string, day: string): string {
  switch (name) {
    case 'detection':
      return `${head('What was found', id, author, day)}tags:
  - attack.execution
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image|endswith: '\\example.exe'
  condition: selection
falsepositives:
  - Unknown
level: medium
`;
    case 'correlation':
      return `${head('Many of one kind', id, author, day)}correlation:
  type: event_count
  rules:
    - id or name of a rule
  group-by:
    - Computer
  timespan: 10m
  condition:
    gte: 10
level: medium
`;
    case 'new_terms':
      return `${head('Something new', id, author, day)}logsource:
  product: windows
  service: security
detection:
  selection:
    EventID: 4624
  condition: selection
new_terms:
  fields:
    - IpAddress
  group-by:
    - TargetUserName
  window: 30d
  learning: 7d
level: medium
`;
    case 'filter':
      return `title: What is known and harmless
id: ${id}
description: ''
logsource:
  product: windows
filter:
  rules:
    - id or name of a rule
  known:
    User|endswith: '\\backup'
  condition: not known
`;
  }
}
