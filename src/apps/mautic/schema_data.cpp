// SPDX-License-Identifier: GPL-3.0-or-later
// Written by packaging/schema-data; its origin is information_schema of these releases as they were installed.
#include "apps/mautic/schema.h"

namespace apps::mautic {

// clang-format off
const std::vector<SchemaChange>& schema_changes() {
  static const std::vector<SchemaChange> changes = {
{"5.0.3", R"(
asset_downloads: asset_id code date_download email_id id ip_id lead_id referer source source_id tracking_id utm_campaign utm_content utm_medium utm_source utm_term
assets: alias category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description disallow download_count extension id is_published lang mime modified_by modified_by_user original_file_name path publish_down publish_up remote_path revision size storage_location title unique_download_count
audit_log: action bundle date_added details id ip_address object object_id user_id user_name
campaign_events: campaign_id channel channel_id decision_path description event_order event_type id name parent_id properties temp_id trigger_date trigger_hour trigger_interval trigger_interval_unit trigger_mode trigger_restricted_dow trigger_restricted_start_hour trigger_restricted_stop_hour type
campaign_form_xref: campaign_id form_id
campaign_lead_event_failed_log: date_added log_id reason
campaign_lead_event_log: campaign_id channel channel_id date_triggered event_id id ip_id is_scheduled lead_id metadata non_action_path_taken rotation system_triggered trigger_date
campaign_leadlist_xref: campaign_id leadlist_id
campaign_leads: campaign_id date_added date_last_exited lead_id manually_added manually_removed rotation
campaign_summary: campaign_id date_triggered event_id failed_count id log_counts_processed non_action_path_taken_count scheduled_count triggered_count
campaigns: allow_restart canvas_settings category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description id is_published modified_by modified_by_user name publish_down publish_up
categories: alias bundle checked_out checked_out_by checked_out_by_user color created_by created_by_user date_added date_modified description id is_published modified_by modified_by_user title
channel_url_trackables: channel channel_id hits redirect_id unique_hits
companies: checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified id is_published modified_by modified_by_user owner_id social_cache
companies_leads: company_id date_added is_primary lead_id
contact_export_scheduler: data id scheduled_datetime user_id
contact_merge_records: contact_id date_added id merged_id name
dynamic_content: category_id checked_out checked_out_by checked_out_by_user content created_by created_by_user date_added date_modified description filters id is_campaign_based is_published lang modified_by modified_by_user name publish_down publish_up sent_count slot_name translation_parent_id utm_tags variant_parent_id variant_settings variant_start_date
dynamic_content_lead_data: date_added dynamic_content_id id lead_id slot
dynamic_content_stats: date_sent dynamic_content_id id last_sent lead_id sent_count sent_details source source_id tokens
email_assets_xref: asset_id email_id
email_copies: body body_text date_created id subject
email_list_xref: email_id leadlist_id
email_stat_replies: date_replied id message_id stat_id
email_stats: copy_id date_read date_sent email_address email_id id ip_id is_failed is_read last_opened lead_id list_id open_count open_details retry_count source source_id tokens tracking_hash viewed_in_browser
email_stats_devices: date_opened device_id id ip_id stat_id
emails: bcc_address category_id checked_out checked_out_by checked_out_by_user content created_by created_by_user custom_html date_added date_modified description dynamic_content email_type from_address from_name headers id is_published lang modified_by modified_by_user name plain_text preference_center_id public_preview publish_down publish_up read_count reply_to_address revision sent_count subject template translation_parent_id unsubscribeform_id use_owner_as_mailer utm_tags variant_parent_id variant_read_count variant_sent_count variant_settings variant_start_date
form_actions: action_order description form_id id name properties type
form_fields: alias always_display conditions container_attr custom_parameters default_value field_order form_id help_message id input_attr is_auto_fill is_custom is_required label label_attr lead_field mapped_field mapped_object parent_id properties save_result show_after_x_submissions show_label show_when_value_exists type validation validation_message
form_submissions: date_submitted form_id id ip_id lead_id page_id referer tracking_id
forms: alias cached_html category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description form_attr form_type id in_kiosk_mode is_published modified_by modified_by_user name no_index post_action post_action_property progressive_profiling_limit publish_down publish_up render_style template
imports: checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_ended date_modified date_started dir file id ignored_count inserted_count is_published line_count modified_by modified_by_user object original_file priority properties status updated_count
integration_entity: date_added id integration integration_entity integration_entity_id internal internal_entity internal_entity_id last_sync_date
ip_addresses: id ip_address ip_details
lead_categories: category_id date_added id lead_id manually_added manually_removed
lead_companies_change_log: action_name company_id date_added event_name id lead_id type
lead_devices: client_info date_added device device_brand device_model device_os_name device_os_platform device_os_shortname device_os_version id lead_id tracking_id
lead_donotcontact: channel channel_id comments date_added id lead_id reason
lead_event_log: action bundle date_added id lead_id object object_id properties user_id user_name
lead_fields: alias checked_out checked_out_by checked_out_by_user column_is_not_created created_by created_by_user date_added date_modified default_value field_group field_order id is_fixed is_listable is_publicly_updatable is_published is_required is_short_visible is_unique_identifer is_visible label modified_by modified_by_user object original_is_published_value properties type
lead_frequencyrules: channel date_added frequency_number frequency_time id lead_id pause_from_date pause_to_date preferred_channel
lead_ips_xref: ip_id lead_id
lead_lists: alias category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description filters id is_global is_preference_center is_published last_built_date last_built_time modified_by modified_by_user name public_name
lead_lists_leads: date_added lead_id leadlist_id manually_added manually_removed
lead_notes: checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified date_time id is_published lead_id modified_by modified_by_user text type
lead_points_change_log: action_name date_added delta event_name group_id id ip_id lead_id type
lead_stages_change_log: action_name date_added event_name id lead_id stage_id
lead_tags: description id tag
lead_tags_xref: lead_id tag_id
lead_utmtags: date_added id lead_id query referer remote_host url user_agent utm_campaign utm_content utm_medium utm_source utm_term
leads: checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_identified date_modified id internal is_published modified_by modified_by_user owner_id preferred_profile_image social_cache stage_id
message_channels: channel channel_id id is_enabled message_id properties
message_queue: attempts channel channel_id date_published date_sent event_id id last_attempt lead_id max_attempts options priority scheduled_date status success
messages: category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description id is_published modified_by modified_by_user name publish_down publish_up
notifications: date_added deduplicate header icon_class id is_read message type user_id
oauth2_accesstokens: client_id expires_at id scope token user_id
oauth2_authcodes: client_id expires_at id redirect_uri scope token user_id
oauth2_clients: allowed_grant_types id name random_id redirect_uris role_id secret
oauth2_refreshtokens: client_id expires_at id scope token user_id
oauth2_user_client_xref: client_id user_id
page_hits: browser_languages city code country date_hit date_left device_id email_id id ip_id isp lead_id organization page_id page_language query redirect_id referer region remote_host source source_id tracking_id url url_title user_agent
page_redirects: checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified hits id is_published modified_by modified_by_user redirect_id unique_hits url
pages: alias category_id checked_out checked_out_by checked_out_by_user content created_by created_by_user custom_html date_added date_modified footer_script head_script hits id is_preference_center is_published lang meta_description modified_by modified_by_user no_index publish_down publish_up redirect_type redirect_url revision template title translation_parent_id unique_hits variant_hits variant_parent_id variant_settings variant_start_date
permissions: bitwise bundle id name role_id
plugin_integration_settings: api_keys feature_settings id is_published name plugin_id supported_features
plugins: author bundle description id is_missing name version
point_group_contact_score: contact_id group_id score
point_groups: checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description id is_published modified_by modified_by_user name
point_lead_action_log: date_fired ip_id lead_id point_id
point_lead_event_log: date_fired event_id ip_id lead_id
point_trigger_events: action_order description id name properties trigger_id type
point_triggers: category_id checked_out checked_out_by checked_out_by_user color created_by created_by_user date_added date_modified description group_id id is_published modified_by modified_by_user name points publish_down publish_up trigger_existing_leads
points: category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified delta description group_id id is_published modified_by modified_by_user name properties publish_down publish_up repeatable type
push_ids: enabled id lead_id mobile push_id
push_notification_list_xref: leadlist_id notification_id
push_notification_stats: click_count click_details date_clicked date_read date_sent id ip_id is_clicked last_clicked lead_id list_id notification_id retry_count source source_id tokens tracking_hash
push_notifications: button category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description heading id is_published lang message mobile mobilesettings modified_by modified_by_user name notification_type publish_down publish_up read_count sent_count url utm_tags
reports: aggregators checked_out checked_out_by checked_out_by_user columns created_by created_by_user date_added date_modified description filters graphs group_by id is_published is_scheduled modified_by modified_by_user name schedule_day schedule_month_frequency schedule_unit settings source system table_order to_address
reports_schedulers: id report_id schedule_date
roles: checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description id is_admin is_published modified_by modified_by_user name readable_permissions
saml_id_entry: entity_id expirytimestamp id
sms_message_list_xref: leadlist_id sms_id
sms_message_stats: date_sent details id ip_id is_failed lead_id list_id sms_id source source_id tokens tracking_hash
sms_messages: category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description id is_published lang message modified_by modified_by_user name publish_down publish_up sent_count sms_type
stage_lead_action_log: date_fired ip_id lead_id stage_id
stages: category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description id is_published modified_by modified_by_user name publish_down publish_up weight
sync_object_field_change_report: column_name column_type column_value id integration modified_at object_id object_type
sync_object_mapping: date_created id integration integration_object_id integration_object_name integration_reference_id internal_object_id internal_object_name internal_storage is_deleted last_sync_date
user_tokens: authorizator expiration id one_time_only secret user_id
users: checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified email first_name id is_published last_active last_login last_name locale modified_by modified_by_user password position preferences role_id signature timezone username
video_hits: browser_languages channel channel_id city code country date_hit date_left duration guid id ip_id isp lead_id organization page_language query referer region remote_host time_watched url user_agent
webhook_events: event_type id webhook_id
webhook_logs: date_added id note runtime status_code webhook_id
webhook_queue: date_added event_id id payload payload_compressed webhook_id
webhooks: category_id checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description events_orderby_dir id is_published modified_by modified_by_user name secret webhook_url
widgets: cache_timeout checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified height id is_published modified_by modified_by_user name ordering params type width
)", R"(
)"},
{"5.1.0", R"(
campaign_events: deleted failed_count
campaigns: deleted version
email_list_excluded: email_id leadlist_id
forms: lang
lead_fields: char_length_limit is_index
)", R"(
)"},
{"5.2.1", R"(
campaign_events: trigger_window
emails: preheader_text
emails_draft: email_id html id public_preview template
)", R"(
)"},
{"7.0.0", R"(
asset_projects_xref: asset_id project_id
assets: uuid
campaign_events: uuid
campaign_lead_event_log: date_queued version
campaign_projects_xref: campaign_id project_id
campaigns: uuid
categories: uuid
company_projects_xref: company_id project_id
dynamic_content: type uuid
dynamic_content_projects_xref: dynamic_content_id project_id
email_projects_xref: email_id project_id
emails: continue_sending uuid
form_actions: uuid
form_fields: field_width is_read_only uuid
form_projects_xref: form_id project_id
forms: uuid
lead_fields: column_is_not_removed uuid
lead_list_projects_xref: leadlist_id project_id
lead_lists: uuid
lead_tags: uuid
message_channels: uuid
message_projects_xref: message_id project_id
messages: uuid
page_projects_xref: page_id project_id
pages: public_preview uuid
pages_draft: html id page_id public_preview template
permissions: uuid
point_groups: uuid
point_projects_xref: point_id project_id
point_trigger_events: uuid
point_trigger_projects_xref: point_trigger_id project_id
point_triggers: uuid
points: uuid
projects: checked_out checked_out_by checked_out_by_user created_by created_by_user date_added date_modified description id is_published modified_by modified_by_user name properties uuid
push_notifications: translation_parent_id uuid
reports: uuid
roles: uuid
sms_messages: translation_parent_id uuid
sms_projects_xref: project_id sms_id
stage_projects_xref: project_id stage_id
stages: uuid
webhook_queue: date_modified retries
webhooks: last_notification_sent_at marked_unhealthy_at unhealthy_since
)", R"(
webhook_queue: payload
)"},
  };
  return changes;
}
// clang-format on

}  // namespace apps::mautic
