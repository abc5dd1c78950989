/** Words that several pages of the office use. */
export default {
  en: {
    "office.operator":
      "Sign in with the operator’s token: it stands in server.json in the server’s home folder, and is new at each start. On the server’s machine the callsheet command does the same.",
    "office.more": "More",
    "office.refresh": "Refresh",
    "office.all": "All",
    "office.copy": "Copy",
    "office.copied": "Copied",
    "office.cancel": "Cancel",
    "office.account": "Account",
    "office.mine": "{account} (yours)",
    "office.task": "Task",
  },
  zh: {
    "office.operator": "请用运营者令牌登录：它在服务器主目录的 server.json 中，每次启动都会更新。在服务器本机上，callsheet 命令同样可以完成。",
    "office.more": "更多",
    "office.refresh": "刷新",
    "office.all": "全部",
    "office.copy": "复制",
    "office.copied": "已复制",
    "office.cancel": "取消",
    "office.account": "账户",
    "office.mine": "{account}（你的）",
    "office.task": "任务",
  },
};
