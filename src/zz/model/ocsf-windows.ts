/**
 * The part of OCSF's Windows extension (`win`, uid 2) that the Windows parser fills: registry, resources and
 * services. Class uid = extension uid * 100000 + category uid * 1000 + uid. Facts of ocsf/ocsf-schema, Apache-2.0.
 */
import type { OcsfClasses } from './ocsf.generated.ts';

type SystemEvent = Omit<OcsfClasses['base_event'], 'class_uid' | 'category_uid' | 'activity_id' | 'actor'> & {
  readonly category_uid: 1;
};
type Actor = NonNullable<OcsfClasses['base_event']['actor']>;

type RegistryKey = { readonly path: string; readonly is_system?: boolean | undefined };

type RegistryValue = {
  readonly name: string;
  readonly path: string;
  readonly data?: unknown;
  readonly type?: string | undefined;
  readonly type_id?: number | undefined;
};

type WindowsResource = {
  readonly type_id: number;
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
  readonly details?: string | undefined;
  readonly svc_name?: string | undefined;
};

type WindowsService = {
  readonly name: string;
  readonly cmd_line?: string | undefined;
  readonly service_start_name?: string | undefined;
  readonly service_start_type?: string | undefined;
  readonly service_type?: string | undefined;
};

/** Class name → its event. */
export type OcsfWindowsClasses = {
  readonly registry_key_activity: SystemEvent & {
    readonly class_uid: 201001;
    readonly activity_id: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 99;
    readonly actor: Actor;
    readonly reg_key: RegistryKey;
    readonly prev_reg_key?: RegistryKey | undefined;
    readonly access_mask?: number | undefined;
  };
  readonly registry_value_activity: SystemEvent & {
    readonly class_uid: 201002;
    readonly activity_id: 0 | 1 | 2 | 3 | 4 | 99;
    readonly actor: Actor;
    readonly reg_value: RegistryValue;
    readonly prev_reg_value?: RegistryValue | undefined;
  };
  readonly windows_resource_activity: SystemEvent & {
    readonly class_uid: 201003;
    readonly activity_id: 0 | 1 | 99;
    readonly actor?: Actor | undefined;
    readonly win_resource: WindowsResource;
  };
  readonly windows_service_activity: SystemEvent & {
    readonly class_uid: 201004;
    readonly activity_id: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 99;
    readonly actor?: Actor | undefined;
    readonly win_service: WindowsService;
  };
};

const system = [
  'activity_id',
  'category_uid',
  'class_uid',
  'metadata',
  'severity_id',
  'time',
  'type_uid',
] as const;

/** As `ocsfClasses` of the base schema; `attributes` are those that the class adds to the base event. */
export const ocsfWindowsClasses = {
  registry_key_activity: {
    uid: 201001,
    caption: 'Registry Key Activity',
    category: 'system',
    categoryUid: 1,
    required: [...system, 'actor', 'reg_key'],
    attributes: 'access_mask create_mask open_mask prev_reg_key reg_key',
    activities: {
      0: 'Unknown',
      1: 'Create',
      2: 'Read',
      3: 'Modify',
      4: 'Delete',
      5: 'Rename',
      6: 'Set Security',
      7: 'Restore',
      8: 'Import',
      9: 'Export',
      99: 'Other',
    },
  },
  registry_value_activity: {
    uid: 201002,
    caption: 'Registry Value Activity',
    category: 'system',
    categoryUid: 1,
    required: [...system, 'actor', 'reg_value'],
    attributes: 'prev_reg_value reg_value',
    activities: { 0: 'Unknown', 1: 'Get', 2: 'Set', 3: 'Modify', 4: 'Delete', 99: 'Other' },
  },
  windows_resource_activity: {
    uid: 201003,
    caption: 'Windows Resource Activity',
    category: 'system',
    categoryUid: 1,
    required: [...system, 'win_resource'],
    attributes: 'win_resource',
    activities: { 0: 'Unknown', 1: 'Access', 99: 'Other' },
  },
  windows_service_activity: {
    uid: 201004,
    caption: 'Windows Service Activity',
    category: 'system',
    categoryUid: 1,
    required: [...system, 'win_service'],
    attributes: 'prev_win_service win_service',
    activities: {
      0: 'Unknown',
      1: 'Create',
      2: 'Reconfigure',
      3: 'Start',
      4: 'Stop',
      5: 'Pause',
      6: 'Continue',
      7: 'Delete',
      99: 'Other',
    },
  },
} as const;

/** Object name → required and all attributes, as `ocsfObjects` of the base schema. */
export const ocsfWindowsObjects = {
  reg_key: { required: ['path'], attributes: 'is_system modified_time path security_descriptor' },
  reg_value: {
    required: ['name', 'path'],
    attributes: 'data is_default is_system modified_time name path type type_id',
  },
  win_resource: { required: ['type_id'], attributes: 'data details labels name svc_name type type_id uid' },
  win_service: {
    required: ['name'],
    attributes:
      'cmd_line labels load_order_group name service_category service_category_id service_dependencies service_error_control service_error_control_id service_start_name service_start_type service_start_type_id service_type service_type_id tags uid version',
  },
} as const;
